import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
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

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

function mcpbox(...args: string[]) {
  return run(process.execPath, ['scripts/mcpbox.mjs', ...args], {
    cwd: root,
    env: {
      ...process.env,
      MCPBOX_ADMIN_URL: stack.origins[0]!.admin.href,
      MCPBOX_ADMIN_USERNAME: ADMIN.username,
      MCPBOX_ADMIN_PASSWORD: ADMIN.password,
    },
  })
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

test('the plain script of README.md lists the tools', async () => {
  const readme = await readFile(`${root}README.md`, 'utf8')
  const script = /```ts\n(import .*?)```/s.exec(readme)?.[1]
  expect(script).toBeDefined()
  const here = script!.replace('http://localhost:8000/mcp', stack.origins[0]!.mcp.href)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', here], { cwd: root })
  expect(stdout.split('\n')).toContain('mcpbox_create_tool')
})
