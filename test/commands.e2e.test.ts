import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { legacyClient } from './clients.ts'
import { ADMIN, startStack, type Stack } from './stack.ts'

/** The commands that README.md names, on the embedded database. */

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const Asked = z.object({ approval: z.string(), hash: z.string() })

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = running.use(await startStack())
})
afterAll(() => running.disposeAsync())

const options = () => ({
  cwd: root,
  env: {
    ...process.env,
    MCPBOX_ADMIN_URL: stack.origins[0]!.admin.href,
    MCPBOX_ADMIN_USERNAME: ADMIN.username,
    MCPBOX_ADMIN_PASSWORD: ADMIN.password,
  },
})

function mcpbox(...args: string[]) {
  return run(process.execPath, ['scripts/mcpbox.mjs', ...args], options())
}

/** The same, with something on its standard input. */
async function mcpboxReading(input: string, ...args: string[]) {
  const running = mcpbox(...args)
  running.child.stdin?.end(input)
  return running
}

async function askFor(tool: string, code: string) {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'cli' })
  await author.call('mcpbox_create_tool', { server: 'cli', name: tool, code })
  const asked = await author.call('mcpbox_request_publish', { server: 'cli', name: tool })
  return Asked.parse(asked.structured)
}

async function call(tool: string) {
  await using client = await legacyClient(stack.origins[0]!.mcp)
  return await client.call(`cli__${tool}`)
}

test('mcpbox approvals shows what waits, and approve makes it live', async () => {
  const { approval, hash } = await askFor(
    'hello',
    'def main():\n    """Greets."""\n    return "hi"\n',
  )
  const { stdout: shown } = await mcpbox('approvals', 'list')
  expect(shown).toContain(`── cli__hello · version 1\nrequest    ${approval}\nhash       ${hash}\n`)
  expect(shown).toContain('   3 │     return "hi"')

  const { stdout } = await mcpbox('approvals', 'approve', approval, hash)
  expect(stdout).toBe('cli__hello version 1 is live.\n')
  expect(await call('hello')).toMatchObject({ text: 'hi', isError: false })
})

test('mcpbox approvals reject tells the assistant why', async () => {
  const { approval, hash } = await askFor('bye', 'def main():\n    """Parts."""\n    return 1\n')
  await mcpbox('approvals', 'reject', approval, hash, 'not polite')
  expect(await call('bye')).toMatchObject({
    isError: true,
    text: expect.stringContaining('was not approved: not polite'),
  })
})

test('an approval of another hash than the one shown is refused', async () => {
  const { approval } = await askFor('third', 'def main():\n    """Counts."""\n    return 3\n')
  const other = '0'.repeat(64)
  await expect(mcpbox('approvals', 'approve', approval, other)).rejects.toMatchObject({
    stderr: expect.stringContaining('What you looked at is not what is asked now'),
  })
})

test('mcpbox secrets names, sets, links and forgets secrets, and tells no value', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'vault' })
  await author.call('mcpbox_create_server_secret', { server: 'vault', name: 'API_KEY' })
  expect((await mcpbox('secrets', 'list', 'vault')).stdout).toMatch(/^API_KEY +NOT SET .* by local/)
  const set = await mcpboxReading('top-secret\n', 'secrets', 'set', 'vault', 'API_KEY')
  expect(set.stdout).toBe('API_KEY of vault is set.\n')
  const { stdout: link } = await mcpbox('secrets', 'link', 'vault', 'API_KEY')
  const body = new URLSearchParams({ value: 'other-secret' })
  expect((await fetch(link.trim(), { method: 'POST', body })).status).toBe(200)
  const { stdout: listed } = await mcpbox('secrets', 'list', 'vault')
  expect(listed).toMatch(/^API_KEY +set .* by secret_link:/)
  expect(listed).not.toMatch(/-secret/)
  await expect(mcpboxReading('123', 'secrets', 'set', 'vault', 'API_KEY')).rejects.toMatchObject({
    stderr: expect.stringContaining('must have at least 4 characters'),
  })
  expect((await mcpbox('secrets', 'delete', 'vault', 'API_KEY')).stdout).toContain('is forgotten')
  expect((await mcpbox('secrets', 'list', 'vault')).stdout).toContain('has no secrets')
})

test('mcpbox tools and logs tell what there is, what ran and what happened', async () => {
  const { approval, hash } = await askFor('log_me', 'def main():\n    """Logs."""\n    return 1\n')
  await mcpbox('approvals', 'approve', approval, hash)
  await call('log_me')
  const tools = (await mcpbox('tools', 'list', 'cli')).stdout
  expect(tools).toContain(`live ${hash.slice(0, 12)}  newest: version 1, live`)
  const { stdout: ran } = await mcpbox('logs', 'executions', '--tool', 'cli__log_me')
  expect(ran).toMatch(/ ok +cli__log_me .* call by this machine /)
  const { stdout: happened } = await mcpbox('logs', 'activity', '--text', 'cli__log_me')
  expect(
    happened
      .trim()
      .split('\n')
      .map((line) => line.split('  ')[1]),
  ).toEqual(['tool.created', 'approval.requested', 'approval.approved', 'execution.ended'])
  expect(happened).toMatch(/approval\.approved .* admin:boss with mcpbox-cli .* from 127\.0\.0\.1/)
})

test('mcpbox tools tells the history of a tool, shows a diff and goes back', async () => {
  const text = (said: string) => `def main():\n    """Says it."""\n    return "${said}"\n`
  const first = await askFor('say', text('one'))
  await mcpbox('approvals', 'approve', first.approval, first.hash)
  await using author = await legacyClient(stack.origins[0]!.mcp)
  const at = { server: 'cli', name: 'say' }
  await author.call('mcpbox_update_tool', { ...at, code: text('two'), timeout_ms: 5_000 })
  const asked = Asked.parse((await author.call('mcpbox_request_publish', at)).structured)
  await mcpbox('approvals', 'approve', asked.approval, asked.hash)
  const { stdout: history } = await mcpbox('tools', 'versions', 'cli__say')
  expect(history).toMatch(/^version 2 {2}live .* by this machine\n {2}approved by boss\n/)
  expect(history).toContain('  Code: 1 line added, 1 line removed.\n')
  const { stdout: diff } = await mcpbox('tools', 'diff', 'cli__say', '1', '2')
  expect(diff).toContain('timeout_ms: 30000 → 5000\n')
  expect(diff).toContain('-    return "one"\n+    return "two"\n')
  expect((await mcpbox('tools', 'rollback', 'cli__say', '1')).stdout).toBe(
    'Version 1 of cli__say is live.\n',
  )
  expect(await call('say')).toMatchObject({ text: 'one' })
})

test('mcpbox servers stops, starts and deletes; what is gone stays on record', async () => {
  const { approval, hash } = await askFor('go', 'def main():\n    """Goes."""\n    return 1\n')
  await mcpbox('approvals', 'approve', approval, hash)
  await mcpbox('servers', 'stop', 'cli')
  expect((await mcpbox('servers', 'list')).stdout).toMatch(/^cli .* STOPPED by admin:boss at /m)
  expect(await call('go')).toMatchObject({
    isError: true,
    text: expect.stringContaining('npx mcpbox servers start cli'),
  })
  await mcpbox('servers', 'start', 'cli')
  expect(await call('go')).toMatchObject({ text: '1', isError: false })
  await mcpbox('tools', 'delete', 'cli__go')
  expect((await mcpbox('tools', 'list', 'cli')).stdout).not.toContain('cli__go')
  expect((await mcpbox('logs', 'executions', '--tool', 'cli__go')).stdout).toContain('cli__go')
  await mcpbox('servers', 'delete', 'cli')
  await expect(mcpbox('tools', 'list', 'cli')).rejects.toMatchObject({
    stderr: expect.stringContaining('There is no server named "cli"'),
  })
})

test('mcpbox settings shows and changes what can be set', async () => {
  expect((await mcpbox('settings', 'list')).stdout).toMatch(/^remote_destructive +false$/m)
  const { stdout } = await mcpbox('settings', 'set', 'remote_destructive', 'true')
  expect(stdout).toMatch(/^remote_destructive +true \(default false\)$/m)
  expect((await mcpbox('settings', 'set', 'remote_destructive', 'default')).stdout).toMatch(
    /^remote_destructive +false$/m,
  )
  await expect(mcpbox('settings', 'set', 'log_retention_days', 'never')).rejects.toMatchObject({
    stderr: expect.stringContaining('value'),
  })
})

test('mcpbox logs follow tells what happens as it happens', async () => {
  const following = spawn(
    process.execPath,
    ['scripts/mcpbox.mjs', 'logs', 'follow', '--action', 'server'],
    { ...options(), detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]()
  const next = lines.next()
  await using author = await legacyClient(stack.origins[0]!.mcp)
  // Until the first is seen, nobody knows that it follows.
  const made = (n: number) => author.call('mcpbox_create_server', { name: `followed_${n}` })
  for (let n = 0, seen = false; !seen; n++) {
    await made(n)
    seen = await Promise.race([next.then(() => true), mcpbox('--help').then(() => false)])
  }
  expect((await next).value).toMatch(/ server\.created {2}followed_\d+ {2}local with test-client /)
  // The command runs in a process of the one that was started.
  process.kill(-following.pid!)
})

test('a command that is none says what there is', async () => {
  for (const args of [
    ['secrets'],
    ['secrets', 'set', 'vault'],
    ['logs', 'x'],
    ['tools', 'list', 'a', 'b'],
  ])
    await expect(mcpbox(...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npx mcpbox secrets set <server> <name>'),
    })
})

test('an option that means nothing to a command is refused, and nothing is done', async () => {
  await expect(mcpbox('approvals', '--until', '2026-12-31')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('npx mcpbox approvals takes no --until; nothing was done.'),
  })
})

test('the plain script of README.md lists the tools', async () => {
  const readme = await readFile(`${root}README.md`, 'utf8')
  const script = /```ts\n(import .*?)```/s.exec(readme)?.[1]
  expect(script).toBeDefined()
  const here = script!.replace('http://localhost:8000/mcp', stack.origins[0]!.mcp.href)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', here], { cwd: root })
  expect(stdout.split('\n')).toContain('mcpbox_create_tool')
})

test('mcpbox requests shows what is asked for, and approve permits it', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'asking' })
  const asking = { server: 'asking', host: 'a.example', justification: 'rates' }
  const { structured } = await author.call('mcpbox_request_network_access', asking)
  const { request } = z.object({ request: z.string() }).parse(structured)
  expect((await mcpbox('requests', 'list')).stdout).toContain(
    `── host a.example for all tools of asking\nrequest    ${request}\n`,
  )
  const approved = await mcpbox('requests', 'approve', request, '--until', '2099-01-01')
  expect(approved.stdout).toBe(
    'host a.example for all tools of asking is permitted until 2099-01-01.\n',
  )
  const { stdout } = await mcpbox('permissions', 'list', 'asking')
  expect(stdout).toContain('host a.example  in force until 2099-01-01T00:00:00.000Z, by')
  const [id = ''] = stdout.split(' ')
  const revoked = await mcpbox('permissions', 'revoke', id, 'not any more')
  expect(revoked.stdout).toContain('REVOKED by')
})

test('mcpbox grants revokes a line of a live tool, whose calls are refused from then on', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'granted' })
  const code = 'def main():\n    """Says hi."""\n    return "hi"\n'
  const tool = { server: 'granted', name: 'hello', code, hosts: ['a.example'] }
  await author.call('mcpbox_create_tool', tool)
  const asked = await author.call('mcpbox_request_publish', { server: 'granted', name: 'hello' })
  const { approval, hash } = Asked.parse(asked.structured)
  await mcpbox('approvals', 'approve', approval, hash)
  expect((await author.call('granted__hello')).text).toBe('hi')

  const { stdout } = await mcpbox('grants', 'list', 'granted')
  expect(stdout).toContain('granted__hello version 1  host a.example  in force')
  const [id = ''] = stdout.split(' ')
  await mcpbox('grants', 'revoke', id, 'It leaks.')
  expect(await author.call('granted__hello')).toMatchObject({
    isError: true,
    text: expect.stringContaining('it needs host a.example, but'),
  })
  await mcpbox('grants', 'restore', id)
  expect((await author.call('granted__hello')).text).toBe('hi')
  expect((await mcpbox('grants', 'expire', id, '2099-01-01')).stdout).toContain('in force until')
})

test('mcpbox settings and servers policy say by which rule versions are approved', async () => {
  const set = await mcpbox('settings', 'set', 'approval_policy', 'pure+shrinking')
  expect(set.stdout).toBe('approval_policy      pure+shrinking (default ask)\n')
  const own = await mcpbox('servers', 'policy', 'granted', 'ask')
  expect(own.stdout).toBe('granted: ask, its own\n')
  const inherited = await mcpbox('servers', 'policy', 'granted', 'inherit')
  expect(inherited.stdout).toBe('granted: pure+shrinking, as all servers\n')
  await mcpbox('settings', 'set', 'approval_policy', 'default')
  expect((await mcpbox('settings', 'list')).stdout).toContain('approval_policy      ask\n')
  await expect(mcpbox('settings', 'set', 'approval_policy', 'always')).rejects.toThrow('value')
})
