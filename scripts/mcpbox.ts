import { parseArgs } from 'node:util'
import { signInAt } from './cli/admin-client.ts'
import { approve, reject, reviewApprovals } from './cli/approvals.ts'
import { ask } from './cli/ask.ts'
import { present } from './cli/present.ts'
import { runDeployWorker } from './deploy-worker.ts'

const USAGE = `Usage: npx mcpbox approvals                               show what waits, and decide
       npx mcpbox approvals list                          show what waits
       npx mcpbox approvals approve <request> <hash>
       npx mcpbox approvals reject <request> <hash> <reason>
       npx mcpbox deploy-worker …                         put the Worker on Cloudflare; --help says more

Options: --url <address>   of the admin door (MCPBOX_ADMIN_URL, http://127.0.0.1:3000)
The name and password are asked for, or taken from MCPBOX_ADMIN_USERNAME and MCPBOX_ADMIN_PASSWORD.`

async function main(): Promise<void> {
  if (process.argv[2] === 'deploy-worker') return runDeployWorker(process.argv.slice(3))
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const [noun, verb, ...rest] = positionals
  if (values.help === true || noun !== 'approvals') return usage(values.help === true)
  const decides = verb === 'approve' || verb === 'reject'
  if (verb !== undefined && verb !== 'list' && !decides) return usage(false)
  const [id, hash, reason] = rest
  if (decides && (id === undefined || hash === undefined)) return usage(false)
  if (verb === 'reject' && reason === undefined) return usage(false)

  const url = values.url ?? process.env['MCPBOX_ADMIN_URL'] ?? 'http://127.0.0.1:3000'
  const client = await signInAt(url, {
    username: process.env['MCPBOX_ADMIN_USERNAME'] ?? (await ask('User name: ')),
    password: process.env['MCPBOX_ADMIN_PASSWORD'] ?? (await ask('Password: ', true)),
  })
  if (verb === undefined) return reviewApprovals(client)
  if (verb === 'approve') return approve(client, id ?? '', hash ?? '')
  if (verb === 'reject') return reject(client, id ?? '', hash ?? '', reason ?? '')
  for (const approval of await client.waiting()) console.log(present(approval))
}

function usage(asked: boolean): void {
  if (asked) console.log(USAGE)
  else console.error(USAGE)
  process.exitCode = asked ? 0 : 2
}

try {
  await main()
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : String(fault))
  process.exitCode = 1
}
