import { afterAll, expect, test } from 'vitest'
import { NO_USES } from '#contract/code-uses.ts'
import type { JsonObject } from '#contract/json.ts'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { openMemory } from '../../testing/databases.ts'
import { ALICE, BOB, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, freshName, newAdmin, reject } from '../../testing/tools.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { stores, within } = opened
const admin = await newAdmin(stores)
const code = 'def main(): return 1'

/** What a management tool tells, by its structured content. */
async function told(name: string, args: JsonObject): Promise<unknown> {
  return (await result(engine, name, args)).structuredContent
}

async function newServer() {
  const server = freshName()
  await told('mcpbox_create_server', { name: server })
  return server
}

async function newTool(more: JsonObject = {}) {
  const server = await newServer()
  const made = await told('mcpbox_create_tool', { server, name: 'forecast', code, ...more })
  return { server, name: 'forecast', made }
}

async function waiting(tool: { server: string; name: string }) {
  await told('mcpbox_request_publish', { server: tool.server, name: tool.name })
  const approval = (await stores.approvals.list('waiting', { after: null, limit: 500 })).at(-1)
  if (approval === undefined) throw new Error('nothing waits')
  return approval
}

test('an answer says the same as text and as structured content', async () => {
  const server = freshName()
  const { content, structuredContent, isError } = await result(engine, 'mcpbox_create_server', {
    name: server,
  })
  expect(structuredContent).toEqual({
    server,
    next: 'Write its first tool with mcpbox_create_tool.',
  })
  expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent, null, 2) }])
  expect(isError).toBeUndefined()
})

test('servers are listed with how many tools each has', async () => {
  const { server } = await newTool()
  const { servers } = (await told('mcpbox_list_servers', {})) as { servers: unknown[] }
  expect(servers).toContainEqual({ name: server, description: '', tools: 1, stopped: false })
})

test('a tool is stored as a draft, with what its code says of it', async () => {
  sandbox.analysis = {
    valid: true,
    input_schema: { type: 'object', required: ['city'] },
    output_schema: { type: 'object' },
    description: 'From the docstring.',
    imports: ['json'],
    uses: NO_USES,
  }
  const { server, made } = await newTool({ modules: ['re', 'os', 're'], secrets: ['KEY'] })
  expect(made).toEqual({
    tool: `${server}__forecast`,
    version: 1,
    state: 'draft',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    published_as: { kind: 'tool', name: `${server}__forecast` },
    description: 'From the docstring.',
    language: 'python',
    input_schema: { type: 'object', required: ['city'] },
    output_schema: { type: 'object' },
    manifest: { hosts: [], modules: ['os', 're'], packages: [], secrets: ['KEY'] },
    module_lock: null,
    timeout_ms: 30_000,
    queue_when_away: false,
    code_check: {
      filled_in: [],
      lacking: [],
      unused: ['module os', 'module re', 'secret KEY'],
      unseen: [],
    },
    warnings: [],
    next: expect.stringContaining('mcpbox_request_publish'),
  })
  expect(sandbox.analyzed.at(-1)).toBe(code)
})

test('a tool is Python unless its author says otherwise, and may change its language', async () => {
  const { server, made } = await newTool({ language: 'typescript' })
  expect(made).toMatchObject({ language: 'typescript' })
  const tool = { server, name: 'forecast' }
  expect(await told('mcpbox_update_tool', { ...tool, description: 'Other.' })).toMatchObject({
    language: 'typescript',
  })
  expect(await told('mcpbox_update_tool', { ...tool, language: 'python' })).toMatchObject({
    language: 'python',
    version: 3,
  })
})

test('packages are for Python only', async () => {
  const call = { server: freshName(), name: 'x', code, packages: ['pyyaml==6.0.2'] }
  expect(
    await problem(engine, 'mcpbox_create_tool', { ...call, language: 'typescript' }),
  ).toMatchObject({
    code: 'package_refused',
    message: 'Packages are for tools in Python; this one is not.',
  })
})

test('a secret is bound to a place that the tool reaches, or not at all', async () => {
  const { made } = await newTool({
    hosts: ['*.a.example'],
    secrets: ['KEY@api.a.example/authorization'],
  })
  expect(made).toMatchObject({ manifest: { secrets: ['KEY@api.a.example/authorization'] } })
  const call = { server: freshName(), name: 'x', code, secrets: ['KEY@b.example'] }
  expect(await problem(engine, 'mcpbox_create_tool', call)).toEqual({
    code: 'invalid_arguments',
    message:
      'secrets: KEY@b.example sends a secret where the tool cannot go; add b.example to its hosts',
  })
})

test('a new tool is taken for the worst until its author says otherwise', async () => {
  const { server } = await newTool({ hints: { read_only: true } })
  const tool = await stores.tools.tool(server, (await newTool()).name as never)
  const [version] = await stores.tools.versions(tool?.id ?? '')
  expect(version?.annotations).toEqual({
    readOnlyHint: true,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  })
})

test('what an update leaves out stays as it was', async () => {
  const tool = await newTool({ description: 'Mine.', modules: ['os'], timeout_ms: 5_000 })
  const { server, name } = tool
  const changed = await told('mcpbox_update_tool', { server, name, code: 'def main(): return 2' })
  expect(changed).toMatchObject({
    version: 2,
    state: 'draft',
    description: 'Mine.',
    manifest: { modules: ['os'] },
    timeout_ms: 5_000,
  })
  expect(await told('mcpbox_get_tool', { server, name })).toMatchObject({
    code: 'def main(): return 2',
  })
  expect(await told('mcpbox_get_tool', { server, name, version: 1 })).toMatchObject({ code })
})

test('an update that changes nothing makes no version', async () => {
  const { server, name } = await newTool()
  expect(await told('mcpbox_update_tool', { server, name, code })).toMatchObject({
    version: 1,
    next: 'Nothing changed.',
  })
})

test('a rejected text may be stored again, and is a new draft', async () => {
  const tool = await newTool()
  const { server, name } = tool
  await reject(within, admin, await waiting(tool), 'not today')
  expect(await told('mcpbox_update_tool', { server, name, code })).toMatchObject({
    version: 2,
    state: 'draft',
  })
})

test('asking for approval freezes the draft; changing it withdraws the question', async () => {
  const tool = await newTool()
  const { server, name } = tool
  const asked = await told('mcpbox_request_publish', { server, name, notes: 'please' })
  expect(asked).toMatchObject({ state: 'pending', approval: expect.any(String) })
  await told('mcpbox_update_tool', { server, name, code: 'def main(): return 2' })
  expect(await told('mcpbox_get_tool_status', { server, name })).toMatchObject({
    callable: false,
    live_version: null,
    versions: [
      { version: 2, state: 'draft', approvals: [] },
      { version: 1, state: 'archived', approvals: [{ state: 'withdrawn' }] },
    ],
  })
})

test('the status tells who decided and why', async () => {
  const tool = await newTool()
  const { server, name } = tool
  await reject(within, admin, await waiting(tool), 'It reads too much.')
  await told('mcpbox_update_tool', { server, name, code: 'def main(): return 2' })
  await approve(within, admin, await waiting(tool))
  expect(await told('mcpbox_get_tool_status', { server, name })).toMatchObject({
    callable: true,
    live_version: 2,
    versions: [
      { version: 2, state: 'live', approvals: [{ state: 'approved', reason: null }] },
      {
        version: 1,
        state: 'rejected',
        approvals: [
          { state: 'rejected', decided_by: admin.username, reason: 'It reads too much.' },
        ],
      },
    ],
  })
  expect(await told('mcpbox_list_tools', { server })).toEqual({
    tools: [
      {
        tool: `${server}__forecast`,
        versions: [
          { number: 1, state: 'rejected' },
          { number: 2, state: 'live' },
        ],
      },
    ],
  })
})

test('the executions of a tool are told to who caused them, and to nobody else', async () => {
  const { server, name } = await newTool()
  await result(engine, 'mcpbox_test_code', { server, name, arguments: { a: 1 } }, ALICE)
  const logs = async (as: typeof ALICE) =>
    (await result(engine, 'mcpbox_get_tool_logs', { server, name }, as)).structuredContent
  expect(await logs(ALICE)).toMatchObject({
    executions: [{ kind: 'trial', outcome: 'ok', result: '{"a":1}', printed: '' }],
  })
  expect(await logs(BOB)).toEqual({ executions: [] })
})

test('code that cannot be read is refused with its line', async () => {
  const server = await newServer()
  const { analysis } = sandbox
  sandbox.analysis = { valid: false, message: 'unexpected indent', line: 3 }
  expect(await problem(engine, 'mcpbox_create_tool', { server, name: 'forecast', code })).toEqual({
    code: 'code_invalid',
    message: 'Line 3: unexpected indent',
  })
  sandbox.analysis = analysis
  expect(await told('mcpbox_list_tools', { server })).toEqual({ tools: [] })
})

test('a tool that nobody described is refused', async () => {
  const server = await newServer()
  const { analysis } = sandbox
  sandbox.analysis = {
    valid: true,
    input_schema: {},
    output_schema: null,
    description: null,
    imports: [],
    uses: NO_USES,
  }
  expect(
    await problem(engine, 'mcpbox_create_tool', { server, name: 'forecast', code }),
  ).toMatchObject({ code: 'code_invalid', message: expect.stringContaining('description') })
  sandbox.analysis = analysis
})

test('code is measured in bytes, and refused one byte above the limit unread', async () => {
  const server = await newServer()
  const analyzed = sandbox.analyzed.length
  const long = `#${'é'.repeat(MAX_CODE_BYTES / 2)}`
  expect(
    await problem(engine, 'mcpbox_create_tool', { server, name: 'forecast', code: long }),
  ).toMatchObject({ code: 'code_invalid', message: expect.stringContaining('100001 bytes') })
  expect(sandbox.analyzed).toHaveLength(analyzed)
})

test('names that are taken are refused, whoever asks', async () => {
  const { server } = await newTool()
  const again = { server, name: 'forecast', code }
  expect(await problem(engine, 'mcpbox_create_server', { name: server }, ALICE)).toMatchObject({
    code: 'name_taken',
  })
  expect(await problem(engine, 'mcpbox_create_tool', again, ALICE)).toMatchObject({
    code: 'name_taken',
    message: expect.stringContaining('mcpbox_update_tool'),
  })
})

test.each([
  ['mcpbox_create_tool', { name: 'forecast', code }, 'server_unknown'],
  ['mcpbox_list_tools', {}, 'server_unknown'],
  ['mcpbox_get_tool', { name: 'forecast' }, 'tool_unknown'],
  ['mcpbox_update_tool', { name: 'forecast' }, 'tool_unknown'],
  ['mcpbox_test_code', { name: 'forecast' }, 'tool_unknown'],
  ['mcpbox_request_publish', { name: 'forecast' }, 'tool_unknown'],
  ['mcpbox_get_tool_status', { name: 'forecast' }, 'tool_unknown'],
  ['mcpbox_get_tool_logs', { name: 'forecast' }, 'tool_unknown'],
])('%s of a server that is not there says so', async (name, args, expected) => {
  const { code: got, message } = await problem(engine, name, { server: freshName(), ...args })
  expect(got).toBe(expected)
  expect(message).toMatch(/mcpbox_list_/)
})

test.each([
  ['a server with a path in its name', 'mcpbox_create_server', { name: '../etc' }],
  ['a tool with a double underscore', 'mcpbox_create_tool', { server: 'a', name: 'b__c', code }],
  ['code that is a number', 'mcpbox_create_tool', { server: 'a', name: 'b', code: 1 }],
  ['a timeout of zero', 'mcpbox_create_tool', { server: 'a', name: 'b', code, timeout_ms: 0 }],
  [
    'a timeout of an hour',
    'mcpbox_create_tool',
    { server: 'a', name: 'b', code, timeout_ms: 3.6e6 },
  ],
  [
    '51 modules',
    'mcpbox_create_tool',
    { server: 'a', name: 'b', code, modules: Array(51).fill('m') },
  ],
  [
    'a host with a scheme and a path',
    'mcpbox_create_tool',
    { server: 'a', name: 'b', code, hosts: ['https://api.example.com/v1'] },
  ],
  ['no arguments at all', 'mcpbox_create_tool', {}],
])('%s is refused', async (_what, name, args) => {
  expect(await problem(engine, name, args)).toMatchObject({ code: 'invalid_arguments' })
})

test('what was written is in the activity, with who wrote it', async () => {
  const { server, name } = await newTool()
  await told('mcpbox_update_tool', { server, name, code: 'def main(): return 2' })
  const about = (await stores.activity.page({}, { limit: 500 })).filter(({ subject }) =>
    subject.startsWith(server),
  )
  expect(about.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'local version.drafted',
    'local tool.created',
    'local server.created',
  ])
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
