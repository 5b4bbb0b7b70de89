import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { CodeGrants, type CodeGrant } from './code-grants.ts'
import { formFields } from './form-fields.ts'
import type { People, Person } from './people.ts'
import { redirectBack } from './redirect-back.ts'
import { NO_ACCESS, readSignIn, signInPage } from './sign-in-page.ts'
import { SigningKeys } from './signing-keys.ts'

/** What a client of the application is set up with. */
export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string
  authorizationUrl: string
  tokenUrl: string
  jwksUrl: string
}

interface OidcGrant extends CodeGrant {
  nonce: string | undefined
}

const ID_TOKEN_SECONDS = 300

const AuthorizationRequest = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.literal('code'),
  scope: z.string().refine((scope) => scope.split(' ').includes('openid')),
  state: z.string().optional(),
  nonce: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.literal('S256').optional(),
})

/**
 * An Access for SaaS application of the OIDC kind (Cloudflare, "Generic OIDC application"): code
 * flow with a client secret, PKCE and nonce where they are sent, refresh tokens that stay the same.
 */
export class OidcApp {
  readonly settings: OidcSettings
  readonly routes: Hono
  readonly keys: SigningKeys
  readonly #people: People
  readonly #redirectUris: readonly string[]
  readonly #codes = new CodeGrants<OidcGrant>()
  /** Refresh token to the name of its person. */
  readonly #refresh = new Map<string, string>()

  private constructor(
    team: string,
    people: People,
    keys: SigningKeys,
    redirectUris: readonly string[],
  ) {
    const clientId = randomBytes(32).toString('hex')
    const issuer = `${team}/cdn-cgi/access/sso/oidc/${clientId}`
    this.settings = {
      issuer,
      clientId,
      clientSecret: randomBytes(32).toString('hex'),
      authorizationUrl: `${issuer}/authorization`,
      tokenUrl: `${issuer}/token`,
      jwksUrl: `${issuer}/jwks`,
    }
    this.keys = keys
    this.#people = people
    this.#redirectUris = redirectUris
    const base = new URL(issuer).pathname
    this.routes = new Hono()
      .get(`${base}/.well-known/openid-configuration`, (c) => c.json(this.#configuration()))
      .get(`${base}/jwks`, (c) => c.json(keys.published))
      .get(`${base}/authorization`, (c) => this.#authorize(c))
      .post(`${base}/authorization`, (c) => this.#authorize(c))
      .post(`${base}/token`, (c) => this.#token(c))
  }

  static async create(
    team: string,
    people: People,
    redirectUris: readonly string[],
  ): Promise<OidcApp> {
    return new OidcApp(team, people, await SigningKeys.create(), redirectUris)
  }

  /** OpenID Connect Discovery 1.0 §3. */
  #configuration() {
    const { issuer, authorizationUrl, tokenUrl, jwksUrl } = this.settings
    return {
      issuer,
      authorization_endpoint: authorizationUrl,
      token_endpoint: tokenUrl,
      jwks_uri: jwksUrl,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
    }
  }

  async #authorize(c: Context): Promise<Response> {
    const asked = AuthorizationRequest.safeParse(c.req.query())
    if (!asked.success) return c.text('Invalid request', 400)
    const { client_id: clientId, redirect_uri: redirectUri, state, nonce } = asked.data
    if (clientId !== this.settings.clientId || !this.#redirectUris.includes(redirectUri))
      return c.text('Invalid client or redirect', 400)
    if (c.req.method === 'GET') return c.html(signInPage('Sign in with Access'))

    const person = readSignIn(await formFields(c), this.#people)
    if (person === 'unknown') return c.text(NO_ACCESS, 403)
    if (person === 'declined')
      return c.redirect(redirectBack(redirectUri, state, { error: 'access_denied' }))
    const challenge = asked.data.code_challenge ?? null
    const code = this.#codes.issue({ sub: person.sub, clientId, redirectUri, challenge, nonce })
    return c.redirect(redirectBack(redirectUri, state, { code }))
  }

  async #token(c: Context): Promise<Response> {
    const form = await formFields(c)
    if (!this.#isClient(c.req.header('authorization'), form))
      return c.json({ error: 'invalid_client' }, 401)
    if (form['grant_type'] === 'authorization_code') {
      const grant = this.#codes.redeem(form, this.settings.clientId)
      return this.#issue(c, grant?.sub, { nonce: grant?.nonce })
    }
    if (form['grant_type'] === 'refresh_token') {
      const refreshToken = form['refresh_token'] ?? ''
      return this.#issue(c, this.#refresh.get(refreshToken), { refreshToken })
    }
    return c.json({ error: 'unsupported_grant_type' }, 400)
  }

  /** Basic or in the form (RFC 6749 §2.3.1). */
  #isClient(authorization: string | undefined, form: Record<string, string>): boolean {
    const { clientId, clientSecret } = this.settings
    if (authorization === undefined)
      return form['client_id'] === clientId && form['client_secret'] === clientSecret
    const expected = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    return authorization === `Basic ${expected}`
  }

  async #issue(
    c: Context,
    sub: string | undefined,
    of: { nonce?: string | undefined; refreshToken?: string },
  ): Promise<Response> {
    const person = sub === undefined ? null : this.#people.find(sub)
    if (person === null) return c.json({ error: 'invalid_grant' }, 400)
    const refreshToken = of.refreshToken ?? randomBytes(32).toString('base64url')
    this.#refresh.set(refreshToken, person.sub)
    return c.json({
      access_token: randomBytes(32).toString('base64url'),
      token_type: 'Bearer',
      expires_in: ID_TOKEN_SECONDS,
      id_token: await this.#idToken(person, of.nonce),
      refresh_token: refreshToken,
    })
  }

  /** OpenID Connect Core 1.0 §2. */
  #idToken(person: Person, nonce: string | undefined): Promise<string> {
    const iat = Math.floor(Date.now() / 1_000)
    const { email, emailVerified } = person
    return this.keys.sign({
      iss: this.settings.issuer,
      aud: this.settings.clientId,
      sub: person.sub,
      iat,
      exp: iat + ID_TOKEN_SECONDS,
      ...(nonce !== undefined && { nonce }),
      ...(email !== null && { email, email_verified: emailVerified }),
    })
  }
}
