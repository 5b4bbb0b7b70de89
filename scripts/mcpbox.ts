import { parseArgs } from 'node:util'
import { visibleText } from '#contract/visible-text.ts'
import { signInAt } from './cli/admin-client.ts'
import { ask } from './cli/ask.ts'
import { commandOf, COMMANDS, OPTIONS } from './cli/commands.ts'
import { runDeployWorker } from './deploy-worker.ts'
import { rotateEncryptionKey } from './rotate-encryption-key.ts'

const USAGE = `Usage:
${COMMANDS.map(({ typed, says }) => `  npx mcpbox ${typed.padEnd(44)} ${says}`).join('\n')}
  npx mcpbox ${'deploy-worker …'.padEnd(44)} put the Worker on Cloudflare; --help says more
  npx mcpbox ${'rotate-encryption-key …'.padEnd(44)} seal everything with another key; --help says more

Options: --url <address>   of the admin door (MCPBOX_ADMIN_URL, http://127.0.0.1:3000)
The name and password are asked for, or taken from MCPBOX_ADMIN_USERNAME and MCPBOX_ADMIN_PASSWORD.`

async function main(): Promise<void> {
  const [, , named, ...rest] = process.argv
  if (named === 'deploy-worker') return runDeployWorker(rest)
  if (named === 'rotate-encryption-key')
    return rotateEncryptionKey(rest, { env: process.env, say: (text) => console.log(text) })
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { ...OPTIONS, url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const asked = commandOf(positionals)
  if (values.help === true || asked === null) return usage(values.help === true)
  const { url, help: _, ...options } = values
  const client = await signInAt(url ?? process.env['MCPBOX_ADMIN_URL'] ?? 'http://127.0.0.1:3000', {
    username: process.env['MCPBOX_ADMIN_USERNAME'] ?? (await ask('User name: ')),
    password: process.env['MCPBOX_ADMIN_PASSWORD'] ?? (await ask('Password: ', true)),
  })
  await asked.command.run(client, asked.args, options)
}

function usage(asked: boolean): void {
  if (asked) console.log(USAGE)
  else console.error(USAGE)
  process.exitCode = asked ? 0 : 2
}

try {
  await main()
} catch (fault) {
  console.error(visibleText(fault instanceof Error ? fault.message : String(fault)))
  process.exitCode = 1
}
