import type { AuthMode } from '#contract/deployment.ts'

/** What a deployment tells the Worker, beside its secrets; worker/src/config.ts reads it. */
export interface WorkerSettings {
  name: string
  account: string
  publicUrl: string
  allowedOrigins: readonly string[]
  /** Requests a minute of one person or program; null: the Worker's own default. */
  ratePerMinute: number | null
  auth:
    | { mode: Extract<AuthMode, 'access'>; issuer: string; audiences: readonly string[] }
    | {
        mode: Extract<AuthMode, 'oauth'>
        issuer: string
        clientId: string
        authorizationUrl: string
        tokenUrl: string
        jwksUrl: string
        kvNamespace: string
        /** Of an access token, in seconds; null: the Worker's own default. */
        accessTokenS: number | null
      }
  origin: { vpcService: string; host: string } | { hostname: string }
}

/** The Worker's variables. */
export function varsOf(settings: Omit<WorkerSettings, 'name' | 'account'>) {
  const { publicUrl, allowedOrigins, ratePerMinute, auth, origin } = settings
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
    ORIGIN_URL: 'hostname' in origin ? `https://${origin.hostname}` : `http://${origin.host}`,
    ...(ratePerMinute !== null && { RATE_LIMIT_PER_MINUTE: String(ratePerMinute) }),
    ...(allowedOrigins.length > 0 && { ALLOWED_ORIGINS: allowedOrigins.join(',') }),
  }
}

/**
 * The committed wrangler.toml with what belongs to one deployment (TOML 1.0; a JSON string is a
 * TOML string).
 * @param main absolute path of the Worker's source
 * @throws when the committed file already says what only a deployment may say
 */
export function wranglerConfig(committed: string, main: string, settings: WorkerSettings): string {
  const firstTable = committed.search(/^\[/m)
  const top = committed.slice(0, firstTable)
  const tables = committed.slice(firstTable)
  if (/^\[(vars|\[vpc_services|\[kv_namespaces)/m.test(tables) || /^account_id/m.test(top))
    throw new Error('wrangler.toml must not hold vars, ids or services of one deployment')
  const replaced = top
    .replace(/^name = .*$/m, `name = ${JSON.stringify(settings.name)}`)
    .replace(/^main = .*$/m, `main = ${JSON.stringify(main)}`)
  const { auth, origin } = settings
  return [
    '# Made by `npx mcpbox deploy-worker`; changes are lost.',
    `account_id = ${JSON.stringify(settings.account)}`,
    replaced.trim(),
    '',
    tables.trim(),
    ...('vpcService' in origin
      ? table('[[vpc_services]]', { binding: 'ORIGIN', service_id: origin.vpcService })
      : []),
    ...(auth.mode === 'oauth'
      ? table('[[kv_namespaces]]', { binding: 'OAUTH_KV', id: auth.kvNamespace })
      : []),
    ...table('[vars]', varsOf(settings)),
    '',
  ].join('\n')
}

function table(head: string, values: Record<string, string>): string[] {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  return ['', head, ...lines]
}
