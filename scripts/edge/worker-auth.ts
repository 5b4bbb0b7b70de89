import type { AccessVars, OAuthVars } from '../deploy/worker/vars.ts'
import type { LocalAccess } from '../../test/access-team/local-access.ts'
import type { OidcSettings } from '../../test/access-team/oidc-app.ts'

/** Who says to the Worker who is there: Access in front of it, or itself with Access behind it. */
export type WorkerAuth =
  | { access: Pick<LocalAccess, 'issuer' | 'audience'> }
  | { oidc: OidcSettings; accessTokenSeconds?: number }

/** What the Worker is told of it. */
export function authVars(auth: WorkerAuth): AccessVars | OAuthVars {
  if ('access' in auth) {
    const { issuer, audience } = auth.access
    return { mode: 'access', issuer, audiences: [audience] }
  }
  const { clientSecret: _, ...oidc } = auth.oidc
  return { mode: 'oauth', ...oidc, accessTokenS: auth.accessTokenSeconds ?? null }
}

/** And what it is told as a secret. */
export function authSecrets(auth: WorkerAuth): Record<string, string> {
  return 'oidc' in auth ? { OIDC_CLIENT_SECRET: auth.oidc.clientSecret } : {}
}
