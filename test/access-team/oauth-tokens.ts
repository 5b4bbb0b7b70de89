import { randomBytes } from 'node:crypto'

/** What somebody allowed a client to do in their name at one application. */
export interface OAuthGrant {
  sub: string
  clientId: string
  /** Origin of the application. */
  application: string
}

interface AccessToken {
  grant: OAuthGrant
  /** Milliseconds since 1970. */
  expires: number
}

/** Opaque tokens, as Managed OAuth gives them out. A refresh token is good once. */
export class OAuthTokens {
  readonly lifetimeSeconds: number
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, OAuthGrant>()

  constructor(lifetimeSeconds: number) {
    this.lifetimeSeconds = lifetimeSeconds
  }

  /** The answer of the token endpoint (RFC 6749 §5.1). */
  issue(grant: OAuthGrant) {
    const [access, refresh] = [opaque(), opaque()]
    this.#access.set(access, { grant, expires: Date.now() + this.lifetimeSeconds * 1_000 })
    this.#refresh.set(refresh, grant)
    return {
      access_token: access,
      token_type: 'bearer',
      expires_in: this.lifetimeSeconds,
      scope: '',
      resource: `${grant.application}/`,
      refresh_token: refresh,
    }
  }

  /** Null when the token is unknown, or past its end. */
  resolve(token: string): OAuthGrant | null {
    const known = this.#access.get(token)
    return known !== undefined && known.expires > Date.now() ? known.grant : null
  }

  /** Takes the refresh token away, and says what it was for. */
  spend(refreshToken: string): OAuthGrant | null {
    const grant = this.#refresh.get(refreshToken) ?? null
    this.#refresh.delete(refreshToken)
    return grant
  }

  /** Brings the end of every access token to now. Refresh tokens stay good. */
  expireAccess(): void {
    this.#access.clear()
  }
}

function opaque(): string {
  return `oauth:${randomBytes(32).toString('base64url')}`
}
