import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { CodeGrants, type CodeGrant } from './code-grants.ts'
import { formFields } from './form-fields.ts'
import { OAuthTokens, type OAuthGrant } from './oauth-tokens.ts'
import type { People } from './people.ts'
import { redirectBack } from './redirect-back.ts'
import type { RegisteredClients } from './registered-clients.ts'
import { NO_ACCESS, readSignIn, signInPage } from './sign-in-page.ts'

const AUTHORIZATION = '/cdn-cgi/access/oauth/authorization'
const TOKEN = '/cdn-cgi/access/oauth/token'
const REGISTRATION = '/cdn-cgi/access/oauth/registration'
export const AS_METADATA = '/.well-known/oauth-authorization-server'

const AuthorizationRequest = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.string(),
  code_challenge: z.string().default(''),
  code_challenge_method: z.string().default('plain'),
  resource: z.string().default(''),
  state: z.string().optional(),
})
type AuthorizationRequest = z.infer<typeof AuthorizationRequest>

/**
 * The authorization server of the team (Cloudflare, "Managed OAuth"): OAuth 2.1 with PKCE S256,
 * self-registered public clients, and `resource` required in both requests (RFC 8707).
 */
export class ManagedOAuth {
  readonly tokens: OAuthTokens
  readonly routes: Hono
  readonly #issuer: string
  readonly #people: People
  readonly #clients: RegisteredClients
  readonly #codes = new CodeGrants<CodeGrant & OAuthGrant>()
  /** Origins of the applications that have Managed OAuth on. */
  readonly #applications = new Set<string>()

  constructor(issuer: string, people: People, clients: RegisteredClients, tokenSeconds: number) {
    this.#issuer = issuer
    this.#people = people
    this.#clients = clients
    this.tokens = new OAuthTokens(tokenSeconds)
    this.routes = new Hono()
      .get(AS_METADATA, (c) => c.json(this.metadata))
      .post(REGISTRATION, async (c) => {
        const registered = clients.register(await c.req.json())
        if (registered.ok) return c.json(registered.client, 201)
        const { error, error_description } = registered
        return c.json({ error, error_description }, 400)
      })
      .get(AUTHORIZATION, (c) => this.#authorize(c))
      .post(AUTHORIZATION, (c) => this.#authorize(c))
      .post(TOKEN, (c) => this.#token(c))
  }

  /** RFC 8414 §2. */
  get metadata() {
    return {
      issuer: this.#issuer,
      authorization_endpoint: this.#issuer + AUTHORIZATION,
      token_endpoint: this.#issuer + TOKEN,
      registration_endpoint: this.#issuer + REGISTRATION,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
    }
  }

  protect(application: URL): void {
    this.#applications.add(application.origin)
  }

  /** Shows the sign-in page, and sends whoever answered it back to the client. */
  async #authorize(c: Context): Promise<Response> {
    const asked = AuthorizationRequest.safeParse(c.req.query())
    if (!asked.success) return c.text('Invalid request', 400)
    const { client_id: clientId, redirect_uri: redirectUri, state } = asked.data
    if (!this.#clients.mayReturnTo(clientId, redirectUri)) return c.text('Invalid redirect', 400)

    const error = this.#complaint(asked.data)
    if (error !== null) return c.redirect(redirectBack(redirectUri, state, { error }))
    if (c.req.method === 'GET') return c.html(signInPage(asked.data.resource))

    const person = readSignIn(await formFields(c), this.#people)
    if (person === 'unknown') return c.text(NO_ACCESS, 403)
    if (person === 'declined')
      return c.redirect(redirectBack(redirectUri, state, { error: 'access_denied' }))
    const code = this.#codes.issue({
      sub: person.sub,
      clientId,
      redirectUri,
      challenge: asked.data.code_challenge,
      application: new URL(asked.data.resource).origin,
    })
    return c.redirect(redirectBack(redirectUri, state, { code }))
  }

  #complaint(asked: AuthorizationRequest): string | null {
    if (asked.response_type !== 'code') return 'unsupported_response_type'
    if (asked.code_challenge_method !== 'S256' || asked.code_challenge === '')
      return 'invalid_request'
    return this.#isApplication(asked.resource) ? null : 'invalid_target'
  }

  async #token(c: Context): Promise<Response> {
    const form = await formFields(c)
    const { client_id: clientId = '', resource = '', grant_type: type } = form
    if (!this.#clients.knows(clientId)) return c.json({ error: 'invalid_client' }, 401)
    if (!this.#isApplication(resource)) return c.json({ error: 'invalid_target' }, 400)
    if (type !== 'authorization_code' && type !== 'refresh_token')
      return c.json({ error: 'unsupported_grant_type' }, 400)
    const grant =
      type === 'refresh_token'
        ? this.tokens.spend(form['refresh_token'] ?? '')
        : this.#codes.redeem(form, clientId)
    const good =
      grant?.clientId === clientId &&
      grant.application === new URL(resource).origin &&
      this.#people.find(grant.sub) !== null
    return good ? c.json(this.tokens.issue(grant)) : c.json({ error: 'invalid_grant' }, 400)
  }

  #isApplication(resource: string): boolean {
    return URL.canParse(resource) && this.#applications.has(new URL(resource).origin)
  }
}
