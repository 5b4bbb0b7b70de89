import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { isAllowed, isSameRedirect, type RedirectAllowList } from './redirect-allow-list.ts'

const Metadata = z.looseObject({
  redirect_uris: z.array(z.string()).min(1),
  token_endpoint_auth_method: z.literal('none').default('none'),
})
export type ClientMetadata = z.infer<typeof Metadata>

export type Registration =
  | { ok: true; client: ClientMetadata & { client_id: string } }
  | { ok: false; error: 'invalid_client_metadata'; error_description: string }

/** Clients that registered themselves (RFC 7591), each with redirect URIs that the account allows. */
export class RegisteredClients {
  readonly #allowed: RedirectAllowList
  readonly #clients = new Map<string, ClientMetadata>()

  constructor(allowed: RedirectAllowList) {
    this.#allowed = allowed
  }

  register(body: unknown): Registration {
    const metadata = Metadata.safeParse(body)
    if (!metadata.success) return refuse(metadata.error.issues[0]?.message ?? 'not an object')
    if (!metadata.data.redirect_uris.every((uri) => isAllowed(this.#allowed, uri)))
      return refuse('redirect_uri is not allowed by the account configuration')
    const id = randomUUID()
    this.#clients.set(id, metadata.data)
    return { ok: true, client: { ...metadata.data, client_id: id } }
  }

  knows(clientId: string): boolean {
    return this.#clients.has(clientId)
  }

  /** Whether this client may be answered at this URI. */
  mayReturnTo(clientId: string, redirectUri: string): boolean {
    const registered = this.#clients.get(clientId)?.redirect_uris ?? []
    return registered.some((uri) => isSameRedirect(uri, redirectUri))
  }

  /** Every client that registered, in order. */
  get all(): ClientMetadata[] {
    return [...this.#clients.values()]
  }
}

function refuse(error_description: string): Registration {
  return { ok: false, error: 'invalid_client_metadata', error_description }
}
