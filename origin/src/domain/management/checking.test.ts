import { afterAll, expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { openMemory, sql } from '../../testing/databases.ts'
import { ALICE, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, asked, draftedTool, manifest } from '../../testing/tools.ts'
import { NO_USES } from '#contract/code-uses.ts'
import { deleteTool } from '../tools/delete.ts'
import { UNSEEN } from '../activity.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { db, stores, within } = opened
const code = 'def main(): return 1'
const encoded = (text: string) => Buffer.from(text).toString('base64')

const told = async (name: string, args: JsonObject, as = ALICE) =>
  (await result(engine, name, args, as)).structuredContent

test('code is read as a tool would be, and nothing is stored', async () => {
  sandbox.analysis = {
    valid: true,
    input_schema: { type: 'object' },
    output_schema: null,
    description: null,
    uses: NO_USES,
    imports: ['json', 'sqlite3', 'yaml'],
  }
  const before = await stores.activity.newest()
  expect(await told('mcpbox_validate_code', { code })).toEqual({
    valid: true,
    error: null,
    description: null,
    input_schema: { type: 'object' },
    output_schema: null,
    imports: ['json', 'sqlite3', 'yaml'],
    warnings: [
      'It has no docstring: give a description with it.',
      '`sqlite3` is not a default module: name it in `modules`.',
      '`yaml` comes from a package: name that in `packages`, at one version.',
    ],
    next: expect.stringContaining('mcpbox_create_tool'),
  })
  expect(sandbox.analyzed.at(-1)).toBe(code)
  expect(await stores.activity.newest()).toBe(before)
})

test('code that cannot be a tool is told with its line, and is no failure of the call', async () => {
  const { analysis } = sandbox
  sandbox.analysis = { valid: false, message: 'there is no top-level function `main`', line: 1 }
  expect(await told('mcpbox_validate_code', { code })).toMatchObject({
    valid: false,
    error: { message: 'there is no top-level function `main`', line: 1 },
  })
  sandbox.analysis = analysis
})

test('code may come as base64, wrapped or for addresses', async () => {
  const odd = 'def main(): return "ÿþ-drop table"'
  for (const text of [encoded(odd), encoded(odd).replace(/(.{20})/g, '$1\n')]) {
    await told('mcpbox_validate_code', { code_base64: text })
    expect(sandbox.analyzed.at(-1)).toBe(odd)
  }
  await told('mcpbox_validate_code', { code_base64: Buffer.from(odd).toString('base64url') })
  expect(sandbox.analyzed.at(-1)).toBe(odd)
})

test.each<[string, JsonObject, string]>([
  ['neither', {}, 'Give `code` or `code_base64`'],
  ['both', { code, code_base64: encoded(code) }, 'not both'],
  ['no base64', { code_base64: 'd$f' }, 'must be base64'],
  ['base64 that was cut off', { code_base64: 'ZGVmI' }, 'must be base64'],
  ['no UTF-8', { code_base64: Buffer.from([0xff, 0xfe]).toString('base64') }, 'must be UTF-8'],
  ['NUL', { code_base64: encoded('a\0b') }, 'without NUL'],
])('code given as %s is refused in words', async (_how, args, message) => {
  expect(await problem(engine, 'mcpbox_validate_code', args)).toEqual({
    code: 'invalid_arguments',
    message: expect.stringContaining(message),
  })
})

test('code that is too long is refused unread', async () => {
  const analyzed = sandbox.analyzed.length
  const long = encoded('#'.repeat(MAX_CODE_BYTES + 1))
  expect(await problem(engine, 'mcpbox_validate_code', { code_base64: long })).toMatchObject({
    code: 'code_invalid',
  })
  expect(sandbox.analyzed).toHaveLength(analyzed)
})

test('what tools may import is told: by default, and as it is granted now', async () => {
  const { tool, version, wire } = await approvedTool(opened, {
    manifest: manifest({ modules: ['sqlite3', 'os'], hosts: ['a.example'] }),
  })
  const { server } = tool
  expect(await told('mcpbox_get_server_modules', { server })).toMatchObject({
    default_modules: {
      python: expect.arrayContaining(['json']),
      typescript: expect.arrayContaining(['crypto']),
    },
    granted: [{ tool: wire, version: 1, modules: ['os', 'sqlite3'], packages: [] }],
  })
  await db.execute(
    sql`update grants set revoked_at = now(), revocation_reason = 'no more',
        revoked_by = (select id from admins limit 1) where version_id = ${version.id} and value = 'os'`,
  )
  expect(await told('mcpbox_get_server_modules', { server })).toMatchObject({
    granted: [{ modules: ['sqlite3'] }],
  })
})

test('what waits is listed, oldest first, of all servers or of one', async () => {
  const [one, two] = [await draftedTool(within), await draftedTool(within)]
  const first = await asked(within, one.tool)
  await asked(within, two.tool)
  expect(await told('mcpbox_list_pending_requests', { limit: 1 })).toMatchObject({
    approvals: [
      {
        approval: first.id,
        tool: one.wire,
        version: 1,
        hash: one.version.hash,
        requested_by: expect.any(String),
      },
    ],
    total: 2,
    next: expect.stringContaining('mcpbox_await_approval'),
  })
  expect(await told('mcpbox_list_pending_requests', { server: two.tool.server })).toMatchObject({
    approvals: [{ tool: two.wire }],
    total: 1,
  })
  for (const { tool } of [one, two])
    await within((inside) => deleteTool(inside, tool, { actor: 'local', ...UNSEEN }))
  expect(await told('mcpbox_list_pending_requests', {})).toMatchObject({ approvals: [], total: 0 })
})

test.each(['mcpbox_get_server_modules', 'mcpbox_list_pending_requests'])(
  '%s of a server that is not there says so',
  async (name) => {
    expect(await problem(engine, name, { server: 'nowhere' })).toMatchObject({
      code: 'server_unknown',
      message: expect.stringContaining('mcpbox_list_servers'),
    })
  },
)

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
