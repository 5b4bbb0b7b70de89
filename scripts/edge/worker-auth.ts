import type { LocalAccess } from '../../test/access-team/local-access.ts'
import type { OidcSettings } from '../../test/access-team/oidc-app.ts'

/** Who says to the Worker who is there: Access in front of it, or itself with Access behind it. */
export type WorkerAuth =
  | { access: Pick<LocalAccess, 'issuer' | 'audience'> }
  | { oidc: OidcSettings; accessTokenSeconds?: number }

/** The variables and secrets of each mode; see worker/src/config.ts. */
export function authBindings(auth: WorkerAuth): Record<string, string> {
  if ('access' in auth) {
    const { issuer, audience } = auth.access
    return { AUTH_MODE: 'access', ACCESS_ISSUER: issuer, ACCESS_AUDIENCES: audience }
  }
  const { oidc, accessTokenSeconds } = auth
  return {
    AUTH_MODE: 'oauth',
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
    OIDC_AUTHORIZATION_URL: oidc.authorizationUrl,
    OIDC_TOKEN_URL: oidc.tokenUrl,
    OIDC_JWKS_URL: oidc.jwksUrl,
    ...(accessTokenSeconds !== undefined && { OAUTH_ACCESS_TOKEN_S: String(accessTokenSeconds) }),
  }
}
