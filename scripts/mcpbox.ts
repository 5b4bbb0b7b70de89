import { parseArgs } from 'node:util'
import { visibleText } from '#contract/visible-text.ts'
import { signInAt } from './cli/admin-client.ts'
import { ask } from './cli/ask.ts'
import { commandOf, COMMANDS, OPTION_NAMES, OPTIONS, type Command } from './cli/commands.ts'
import { runDeployWorker } from './deploy-worker.ts'
import { rotateEncryptionKey } from './rotate-encryption-key.ts'

const USAGE = `Usage:
${COMMANDS.map(inUsage).join('\n')}
  npx mcpbox ${'deploy-worker …'.padEnd(44)} put the Worker on Cloudflare; --help says more
  npx mcpbox ${'rotate-encryption-key …'.padEnd(44)} seal everything with another key; --help says more

Options: --url <address>   of the admin door (MCPBOX_ADMIN_URL, http://127.0.0.1:3000)
The name and password are asked for, or taken from MCPBOX_ADMIN_USERNAME and MCPBOX_ADMIN_PASSWORD.`

function inUsage({ typed, says, takes = [] }: Command): string {
  const options = takes.map((name) => `--${name}`).join(', ')
  return `  npx mcpbox ${typed.padEnd(44)} ${says}${options === '' ? '' : ` (${options})`}`
}

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
  const { typed, takes = [] } = asked.command
  const odd = OPTION_NAMES.find((name) => options[name] !== undefined && !takes.includes(name))
  if (odd !== undefined) throw new Error(`npx mcpbox ${typed} takes no --${odd}; nothing was done.`)
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
