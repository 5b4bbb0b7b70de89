import { waitUntil } from 'cloudflare:workers'
import { unidentified, type Authenticator, type Identified } from '../authenticator.ts'
import type { IssuerKeys } from '../issuer-keys.ts'
import type { OAuthSettings } from '../oauth-settings.ts'
import {
  AUTHORIZE,
  CALLBACK,
  REGISTER,
  RESOURCE_METADATA,
  resourceOf,
  SERVER_METADATA,
  TOKEN,
} from './addresses.ts'
import { authorizationServer, type AuthorizationServer } from './authorization-server.ts'
import { authorize } from './authorize.ts'
import { callback } from './callback.ts'
import { grantStorage, type GrantStorage } from './grant-storage.ts'
import { TokenProps } from './identity.ts'
import { RenewedLately } from './renewed-lately.ts'
import { resourceMetadata } from './resource-metadata.ts'
import { SCOPE } from './scope.ts'
import { TokenPolicy } from './token-policy.ts'
import { Upstream } from './upstream.ts'
import { wholeRequest } from './whole-request.ts'

/** A token of our own making: of whom (see userIdOf), which grant, and its secret. */
const BEARER = /^Bearer +([\w-]{43}:[\w-]{16}:[\w-]{32})$/i

/** Of a Worker's context, the library uses for its own endpoints no more than this, if anything. */
const CONTEXT = { waitUntil } as ExecutionContext

/** `AUTH_MODE=oauth`: this Worker is the authorization server for its own MCP. */
export class OAuthAuthenticator implements Authenticator {
  readonly scope = SCOPE
  readonly #publicUrl: string
  readonly #storage: GrantStorage
  readonly #upstream: Upstream
  readonly #server: AuthorizationServer

  constructor(publicUrl: string, settings: OAuthSettings, keys: Pick<IssuerKeys, 'find'>) {
    this.#publicUrl = publicUrl
    this.#storage = grantStorage(settings.kv)
    this.#upstream = new Upstream(settings, keys, `${publicUrl}${CALLBACK}`)
    const policy = new TokenPolicy(this.#upstream, new RenewedLately(this.#storage))
    this.#server = authorizationServer(publicUrl, settings, policy)
  }

  /**
   * Finds the access token (RFC 6750 §2.1), which must be for MCP here (RFC 8707) and carry the
   * scope. Throws when it cannot be looked up.
   */
  async identify({ headers }: Pick<Request, 'headers'>): Promise<Identified> {
    const authorization = headers.get('authorization')
    if (authorization === null)
      return unidentified('unauthenticated', 'This needs a sign-in through your MCP client.')
    const token = BEARER.exec(authorization)?.[1]
    if (token === undefined) return NOT_VALID
    const resource = resourceOf(this.#publicUrl)
    const found = await this.#server.validateToken<unknown>(resource, token, this.#storage)
    if (found === null || found.audience !== resource || !found.scope.includes(SCOPE))
      return NOT_VALID
    const props = TokenProps.safeParse(found.props)
    return props.success ? { ok: true, principal: props.data.identity } : NOT_VALID
  }

  async serve(request: Request): Promise<Response | null> {
    const { origin, pathname } = new URL(request.url)
    if (origin !== this.#publicUrl) return null
    if (RESOURCE_METADATA.includes(pathname))
      return resourceMetadata(this.#publicUrl, request.method)
    if (!OWN.has(pathname)) return null
    const whole = await wholeRequest(request)
    if (!whole.ok) return whole.refusal
    const oauth = this.#server.getOAuthApi(this.#storage)
    if (pathname === AUTHORIZE) return authorize(whole.request, oauth, this.#upstream)
    if (pathname === CALLBACK) return callback(whole.request, oauth, this.#upstream)
    return this.#server.fetch(whole.request, this.#storage, CONTEXT)
  }
}

const OWN = new Set([AUTHORIZE, CALLBACK, TOKEN, REGISTER, SERVER_METADATA])

const NOT_VALID = unidentified('token_invalid', 'The access token has ended or is not valid here.')
