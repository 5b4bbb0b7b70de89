import { z } from 'zod'
import type { ServerMetadata } from './discovery.ts'
import { ClaudeFailure } from './failure.ts'
import { CALLBACK, CLIENT_ID_URL, USER_AGENT } from './identity.ts'

const Registered = z.looseObject({ client_id: z.string() })

/**
 * The client id to use at an authorization server: the address of Claude's own document when the
 * server takes those from public clients, else one that it is given anew (RFC 7591 §3).
 */
export async function clientIdAt(
  server: ServerMetadata,
  callback: string,
  budget: AbortSignal,
): Promise<string> {
  const takesDocuments =
    server.client_id_metadata_document_supported &&
    server.token_endpoint_auth_methods_supported.includes('none')
  if (takesDocuments && callback === CALLBACK) return CLIENT_ID_URL
  if (server.registration_endpoint === undefined) throw failed('there is no registration endpoint')
  const response = await fetch(server.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT },
    body: JSON.stringify({
      client_name: 'Claude',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
    signal: budget,
  })
  const text = await response.text()
  if (response.status !== 201) throw failed(`${response.status} ${text}`)
  return Registered.parse(JSON.parse(text)).client_id
}

function failed(why: string): ClaudeFailure {
  return new ClaudeFailure("Couldn't register with the sign-in service", why)
}
