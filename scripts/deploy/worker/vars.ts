import type { AuthMode } from '#contract/deployment.ts'

export interface AccessVars {
  mode: Extract<AuthMode, 'access'>
  issuer: string
  audiences: readonly string[]
}

export interface OAuthVars {
  mode: Extract<AuthMode, 'oauth'>
  issuer: string
  clientId: string
  authorizationUrl: string
  tokenUrl: string
  jwksUrl: string
  /** Of an access token, in seconds; null: the Worker's own default. */
  accessTokenS: number | null
}

/** What the Worker is told beside its secrets, in our words. */
export interface WorkerVars {
  publicUrl: string
  /** Where the Worker asks for the origin; a service goes to its own place, whatever this says. */
  originUrl: string
  allowedOrigins: readonly string[]
  /** Requests a minute of one person or program; null: the Worker's own default. */
  ratePerMinute: number | null
  auth: AccessVars | OAuthVars
}

/** The Worker's variables, as worker/src/config.ts reads them. */
export function varsOf({
  publicUrl,
  originUrl,
  allowedOrigins,
  ratePerMinute,
  auth,
}: WorkerVars): Record<string, string> {
  return {
    AUTH_MODE: auth.mode,
    PUBLIC_URL: publicUrl,
    ...(auth.mode === 'access'
      ? { ACCESS_ISSUER: auth.issuer, ACCESS_AUDIENCES: auth.audiences.join(',') }
      : {
          OIDC_ISSUER: auth.issuer,
          OIDC_CLIENT_ID: auth.clientId,
          OIDC_AUTHORIZATION_URL: auth.authorizationUrl,
          OIDC_TOKEN_URL: auth.tokenUrl,
          OIDC_JWKS_URL: auth.jwksUrl,
          // Access has seen to the address itself, and is reported to leave the claim out.
          OIDC_EMAIL_VERIFIED: 'when_stated',
          ...(auth.accessTokenS !== null && { OAUTH_ACCESS_TOKEN_S: String(auth.accessTokenS) }),
        }),
    ORIGIN_URL: originUrl,
    ...(ratePerMinute !== null && { RATE_LIMIT_PER_MINUTE: String(ratePerMinute) }),
    ...(allowedOrigins.length > 0 && { ALLOWED_ORIGINS: allowedOrigins.join(',') }),
  }
}
