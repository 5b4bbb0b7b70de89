import type { Write } from './cloudflare/cloudflare.ts'
import type { Effect } from './run.ts'
import type { WantedDeployment } from './wanted.ts'
import type { Upload } from './worker/ensure-worker.ts'

/** What a run would do, or did, line by line. */
export function shownEffects(effects: readonly Effect[]): string {
  return effects
    .map(
      ({ verb, what, details }) => `  ${verb.padEnd(10)}${what}${details ? ` (${details})` : ''}`,
    )
    .join('\n')
}

/** What is wanted, in words. */
export function shownWanted(wanted: WantedDeployment, account: string): string {
  const { auth, route, hostname, origin_address: address, machines, emails } = wanted
  return [
    `Worker “${wanted.worker}” in the account ${account}`,
    `  lets in     ${[...emails, ...machines.map((name) => `machine ${name}`)].join(', ')}`,
    `  signs in    ${auth === 'access' ? 'with Cloudflare Access (Managed OAuth)' : 'with its own OAuth server, people by Access for SaaS'}`,
    `  reaches     ${address} ${route === 'vpc' ? 'by a Workers VPC service' : `by https://${hostname}, behind Access`}`,
  ].join('\n')
}

/** Every call that a rehearsal would have made, and what it would have uploaded, without secrets. */
export function shownRehearsal(writes: readonly Write[], upload: Upload): string {
  const calls = writes.map(
    ({ method, path, body }) =>
      `${method} ${path}${body === undefined ? '' : `\n  ${JSON.stringify(body)}`}`,
  )
  const modules = upload.bundle.modules.map(({ name, bytes }) => `  ${name} (${bytes} bytes)`)
  return [
    'Calls of Cloudflare’s API:',
    ...calls,
    '',
    'wrangler deploy --config .mcpbox/wrangler.generated.toml --secrets-file …',
    ...modules,
    `  with the secrets ${Object.keys(upload.secrets).join(', ')} (••••)`,
    'and this configuration:',
    ...upload.config.split('\n').map((line) => `  ${line}`),
  ].join('\n')
}

export function shownList(items: readonly string[]): string {
  return items.map((item) => `  ${item}`).join('\n')
}
