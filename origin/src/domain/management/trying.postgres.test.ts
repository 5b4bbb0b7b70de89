import { afterAll, expect, inject, test } from 'vitest'
import { SecretName } from '#contract/names.ts'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import { ALICE, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, measured, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, asked, draftedTool, manifest, redraft } from '../../testing/tools.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { db, stores, within } = opened
const KEY = SecretName.parse('API_KEY')
const needy = manifest({ hosts: ['a.example'], modules: ['os'], secrets: [KEY] })

async function setSecret(wire: string, value: string): Promise<void> {
  const serverId = await stores.tools.serverId(wire.split('__')[0] as never)
  await stores.secrets.set(serverId ?? '', KEY, value, 'admin:alice')
}

/** Every way in which a client can call a tool. */
const ways = [
  ['by its name', (wire: string) => problem(engine, wire, { city: 'Bern' })],
  [
    'through mcpbox_call_destructive_tool',
    (wire: string) => problem(engine, 'mcpbox_call_destructive_tool', { name: wire }),
  ],
] as const

test('a trial runs the newest version with nothing: no host, no module, no secret', async () => {
  const { version, wire } = await approvedTool(opened, { manifest: needy })
  await setSecret(wire, 'top-secret')
  const newest = await redraft(within, version, { code: 'def main(): return 2' })
  const args = { server: version.server, name: version.tool, arguments: { city: 'Bern' } }
  const trial = await result(engine, 'mcpbox_test_code', args)
  expect(trial.structuredContent).toEqual({ city: 'Bern' })
  expect(sandbox.asked.at(-1)?.request).toEqual({
    run_id: expect.any(String),
    version: {
      hash: newest.hash,
      language: 'python',
      code: newest.code,
      input_schema: newest.inputSchema,
      manifest: manifest(),
      module_lock: null,
    },
    input: { city: 'Bern' },
    secrets: {},
    bound_secrets: [],
    withdrawals: [],
    answered_by: 'network',
    limits: { timeout_ms: 30_000, memory_bytes: 268_435_456, cpu_s: 60, open_files: 64 },
  })
})

test.each([
  ['by its name', (wire: string) => result(engine, wire, { city: 'Bern' }, ALICE)],
  [
    'through mcpbox_call_destructive_tool',
    (wire: string) =>
      result(
        engine,
        'mcpbox_call_destructive_tool',
        { name: wire, arguments: { city: 'Bern' } },
        ALICE,
      ),
  ],
])('an approved tool runs %s, with what was granted', async (_way, call) => {
  const { version, wire } = await approvedTool(opened, { manifest: needy })
  await setSecret(wire, 'top-secret')
  const { structuredContent, _meta } = await call(wire)
  expect(structuredContent).toEqual({ city: 'Bern' })
  expect(sandbox.asked.at(-1)?.request).toMatchObject({
    version: { hash: version.hash, code: version.code, manifest: needy },
    secrets: { API_KEY: 'top-secret' },
  })
  expect(_meta).toMatchObject({ 'mcpbox/execution': { version: version.hash, outcome: 'ok' } })
})

test.each(ways)('a draft cannot be called %s', async (_way, call) => {
  const { wire } = await draftedTool(within)
  const before = sandbox.asked.length
  expect(await call(wire)).toEqual({
    code: 'not_approved',
    message: `"${wire}" is a draft that nobody has approved; ask for approval with mcpbox_request_publish.`,
  })
  expect(sandbox.asked).toHaveLength(before)
})

test.each(ways)('a version that waits for approval cannot be called %s', async (_way, call) => {
  const { tool, wire } = await draftedTool(within)
  await asked(within, tool)
  const before = sandbox.asked.length
  expect(await call(wire)).toMatchObject({
    code: 'not_approved',
    message: expect.stringContaining("waits for a person's approval"),
  })
  expect(sandbox.asked).toHaveLength(before)
})

test.each(ways)('code that was changed behind the rules does not run %s', async (_way, call) => {
  const { version, wire } = await approvedTool(opened)
  await db.execute(sql`alter table versions disable trigger versions_keep_text`)
  await db.execute(sql`update versions set code = 'import os' where id = ${version.id}`)
  await db.execute(sql`alter table versions enable trigger versions_keep_text`)
  const before = sandbox.asked.length
  expect(await call(wire)).toMatchObject({ code: 'hash_mismatch' })
  expect(sandbox.asked).toHaveLength(before)
})

test.each(ways)('a tool whose secret has no value does not run %s', async (_way, call) => {
  const { wire } = await approvedTool(opened, { manifest: needy })
  const before = sandbox.asked.length
  expect(await call(wire)).toEqual({
    code: 'secret_unset',
    message: `"${wire}" needs API_KEY; a person must set the value first.`,
  })
  expect(sandbox.asked).toHaveLength(before)
})

test.each(ways)('a tool that is not there cannot be called %s', async (_way, call) => {
  expect(await call('nowhere__nothing')).toMatchObject({
    code: expect.stringMatching(/^(unknown_tool|tool_unknown)$/),
    message: expect.stringContaining('mcpbox_search_tools'),
  })
})

test('a tool gets its secret and may not say it', async () => {
  const { wire } = await approvedTool(opened, { manifest: needy })
  await setSecret(wire, 'top-secret')
  sandbox.script = async ({ request, news }) => {
    const value = request.secrets['API_KEY'] ?? ''
    news({ type: 'log', seq: 1, level: 'info', data: { seen: [value] } })
    return ended(ok({ key: `Bearer ${value}` }, `printed ${value}`), 2)
  }
  const told = JSON.stringify(await result(engine, wire))
  expect(told).toContain('Bearer [secret API_KEY]')
  expect(told).toContain('printed [secret API_KEY]')
  expect(told).not.toContain('top-secret')
  const kept = await db.execute(
    sql`select (select string_agg(event::text, '') from operation_events) || (select string_agg(row_to_json(executions)::text, '') from executions) as kept`,
  )
  expect(JSON.stringify(kept)).toContain('printed [secret API_KEY]')
  expect(JSON.stringify(kept)).not.toContain('top-secret')
})

test('a bound secret goes to the broker, with its place, and not to the code', async () => {
  const bound = manifest({
    hosts: ['a.example', 'b.example'],
    secrets: ['API_KEY@a.example/authorization', 'API_KEY@b.example'],
  })
  const { wire } = await approvedTool(opened, { manifest: bound })
  expect(await problem(engine, wire, {})).toMatchObject({
    code: 'secret_unset',
    message: expect.stringContaining('needs API_KEY;'),
  })
  await setSecret(wire, 'top-secret')
  sandbox.script = async () => ended(ok({ body: 'it said top-secret' }))
  expect((await result(engine, wire)).structuredContent).toEqual({
    body: 'it said [secret API_KEY]',
  })
  expect(sandbox.asked.at(-1)?.request).toMatchObject({
    secrets: {},
    bound_secrets: [
      { name: 'API_KEY', value: 'top-secret', host: 'a.example', header: 'authorization' },
      { name: 'API_KEY', value: 'top-secret', host: 'b.example', header: null },
    ],
  })
})

test('an execution is in the log with who, what, how long and how it ended', async () => {
  const { version, wire } = await approvedTool(opened)
  const failure = { type: 'ValueError', message: 'no such city', traceback: 'line 2: no such city' }
  sandbox.script = async () => ended({ kind: 'failed', failure, ...measured('looking') })
  await result(engine, wire, { city: 'Atlantis' }, ALICE)
  expect(await stores.executions.recent({ tool: wire, limit: 5 })).toEqual([
    {
      id: expect.any(String),
      kind: 'call',
      versionId: version.id,
      version: 1,
      hash: version.hash,
      tool: wire,
      principal: 'user:alice',
      principalLabel: 'alice@example.com',
      client: { name: 'test', version: '1' },
      requestId: 'request-1',
      arguments: { city: 'Atlantis' },
      outcome: 'failed',
      detail: 'line 2: no such city',
      result: null,
      stdout: 'looking',
      durationMs: 7,
      isolation: { level: 'S3', layers: ['seccomp'] },
      egress: [],
      startedAt: expect.any(Date),
    },
  ])
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
