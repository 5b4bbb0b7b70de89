import { varsOf, type AccessVars, type OAuthVars, type WorkerVars } from './vars.ts'

/** What a deployment makes of the Worker, beside its secrets. */
export interface WorkerSettings extends Omit<WorkerVars, 'auth' | 'originUrl'> {
  name: string
  account: string
  auth: AccessVars | (OAuthVars & { kvNamespace: string })
  origin: { vpcService: string; host: string } | { hostname: string }
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
  const originUrl = 'hostname' in origin ? `https://${origin.hostname}` : `http://${origin.host}`
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
    ...table('[vars]', varsOf({ ...settings, originUrl })),
    '',
  ].join('\n')
}

function table(head: string, values: Record<string, string>): string[] {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  return ['', head, ...lines]
}
