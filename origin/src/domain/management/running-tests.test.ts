import { afterAll, expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { Name, SecretName } from '#contract/names.ts'
import { openMemory } from '../../testing/databases.ts'
import { ALICE, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, measured, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { freshName } from '../../testing/tools.ts'
import { Refusal } from '../refusal.ts'
import { testsPass } from '../tool-tests/tests-pass.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { stores } = opened
const echoing = sandbox.script

type Told = Record<string, unknown> & { hash: string; tests?: { passed: boolean } | null }
const told = async (name: string, args: JsonObject, as = ALICE) =>
  (await result(engine, name, args, as)).structuredContent as Told

const TESTS = [
  { name: 'gives what it gets', input: { a: 1 }, result: { a: 1 } },
  { name: 'gives an object', schema: { type: 'object' } },
]

async function created(more: JsonObject = {}) {
  const tool = { server: freshName(), name: 'forecast' }
  await told('mcpbox_create_server', { name: tool.server })
  const made = await told('mcpbox_create_tool', { ...tool, code: 'v1', tests: TESTS, ...more })
  return { tool, made }
}

async function newest({ server, name }: { server: string; name: string }) {
  const known = await stores.tools.tool(Name.parse(server), Name.parse(name))
  const [version] = known === null ? [] : await stores.tools.versions(known.id)
  if (version === undefined) throw new Error('there is no version')
  return version
}

const actions = async (server: string) =>
  (await stores.activity.page({}, { limit: 500 }))
    .filter(({ subject }) => subject.startsWith(server))
    .map(({ action }) => action)

test('tests run one after the other, under the manifest, and their end is told', async () => {
  const secrets = ['READ', 'SENT@api.example/x-key']
  const recorded = {
    method: 'GET',
    url: 'https://api.example/',
    status: 200,
    headers: {},
    body: '',
  }
  const { tool } = await created({
    hosts: ['api.example'],
    modules: ['sqlite3'],
    secrets,
    tests: [
      { ...TESTS[0], secrets: { READ: 'a value' }, http: [{ url: recorded.url }] },
      TESTS[1] ?? {},
    ],
  })
  const before = sandbox.asked.length
  expect(await told('mcpbox_run_tests', tool)).toMatchObject({
    tool: `${tool.server}__forecast`,
    version: 1,
    passed: true,
    runtime: 'python 3.11.2',
    cases: [
      { name: 'gives what it gets', passed: true, why: null },
      { name: 'gives an object', passed: true, why: null },
    ],
  })
  const [first, second, ...more] = sandbox.asked.slice(before).map(({ request }) => request)
  expect(more).toEqual([])
  expect(first).toMatchObject({
    version: { manifest: { hosts: ['api.example'], modules: ['sqlite3'], secrets } },
    input: { a: 1 },
    secrets: { READ: 'a value' },
    bound_secrets: [{ name: 'SENT', value: 'test-SENT', host: 'api.example', header: 'x-key' }],
    answered_by: [recorded],
  })
  expect(second).toMatchObject({ secrets: { READ: 'test-READ' }, answered_by: [] })
})

test('no test ever has the value of a real secret, or the network', async () => {
  const { tool } = await created({ secrets: ['READ'], tests: TESTS })
  const version = await newest(tool)
  const serverId = (await stores.tools.serverId(version.server)) ?? ''
  await stores.secrets.set(serverId, SecretName.parse('READ'), 'top-secret', 'admin:ada')
  const before = sandbox.asked.length
  await told('mcpbox_run_tests', tool)
  await told('mcpbox_request_publish', tool)
  const asked = sandbox.asked.slice(before).map(({ request }) => request)
  expect(asked).toHaveLength(4)
  expect(JSON.stringify(asked)).not.toContain('top-secret')
  expect(asked.map((request) => request.answered_by)).toEqual([[], [], [], []])
})

test('a test that fails says why, and what it asks nobody answers', async () => {
  const { tool } = await created()
  sandbox.script = async ({ news, request }) => {
    news({ type: 'asks', seq: 1, asks: [{ key: 'k', method: 'roots/list', params: {} } as never] })
    return ended(ok(request.input['a'] === 1 ? { a: 2 } : []))
  }
  const replied = sandbox.replied.length
  expect(await told('mcpbox_run_tests', tool)).toMatchObject({
    passed: false,
    cases: [
      { passed: false, why: 'It gave {"a":2} instead of {"a":1}.' },
      { passed: false, why: 'It gave [], but the result is no object.' },
    ],
  })
  expect(sandbox.replied.slice(replied)).toMatchObject([
    { replies: { replies: [{ key: 'k', error: { message: 'a test asks nobody' } }] } },
    { replies: { replies: [{ key: 'k', error: { message: 'a test asks nobody' } }] } },
  ])
  sandbox.script = echoing
})

test('asking for approval runs them, and a failure does not stand in the way', async () => {
  const { tool } = await created()
  sandbox.script = async () => ended({ kind: 'timed_out', ...measured() })
  expect(await told('mcpbox_request_publish', tool)).toMatchObject({
    state: 'pending',
    tests: { passed: false },
    next: expect.stringContaining('tests fail'),
  })
  const asked = sandbox.asked.length
  const again = await told('mcpbox_request_publish', tool)
  expect([again.tests, sandbox.asked.length]).toEqual([
    expect.objectContaining({ passed: false }),
    asked,
  ])
  sandbox.script = echoing
  expect(await told('mcpbox_get_tool_status', tool)).toMatchObject({
    versions: [{ state: 'pending', tests: { state: 'failed', count: 2, failed: [{}, {}] } }],
  })
})

test('nor does a sandbox that is away: then nothing is known of them', async () => {
  const { tool } = await created()
  sandbox.script = async () => {
    throw new Refusal('sandbox_unreachable', 'It is away.')
  }
  expect(await told('mcpbox_request_publish', tool)).toMatchObject({
    state: 'pending',
    tests: null,
  })
  sandbox.script = echoing
  expect(await told('mcpbox_get_tool_status', tool)).toMatchObject({
    versions: [{ tests: { state: 'not run', count: 2 } }],
  })
  expect(await testsPass(stores, await newest(tool))).toBe(false)
})

test('tests belong to no hash: they change without a new version, and nobody is asked anew', async () => {
  const { tool, made } = await created()
  await told('mcpbox_request_publish', tool)
  const changed = await told('mcpbox_update_tool', {
    ...tool,
    tests: [{ name: 'other', result: {} }],
  })
  expect(changed).toMatchObject({
    hash: made.hash,
    version: 1,
    state: 'pending',
    next: expect.stringContaining('Only its tests changed'),
  })
  expect(await actions(tool.server)).toContain('tests.changed')
  expect(
    await told('mcpbox_update_tool', { ...tool, tests: [{ name: 'other', result: {} }] }),
  ).toMatchObject({
    next: 'Nothing changed.',
  })
})

test('who goes on with a tool reads its tests, and what reading its code told', async () => {
  const { tool } = await created({ modules: ['os'] })
  const recorded = { secrets: {}, http: [] }
  expect(await told('mcpbox_get_tool', tool)).toMatchObject({
    code_check: { unused: ['module os'] },
    tests: [
      { ...TESTS[0], ...recorded },
      { ...TESTS[1], input: {}, ...recorded },
    ],
  })
})

test('how other tests went says nothing of these', async () => {
  const { tool } = await created()
  await told('mcpbox_run_tests', tool)
  expect(await testsPass(stores, await newest(tool))).toBe(true)
  await told('mcpbox_update_tool', { ...tool, tests: [{ name: 'other', result: {} }] })
  expect(await testsPass(stores, await newest(tool))).toBe(false)
  expect(await told('mcpbox_get_tool_status', tool)).toMatchObject({
    versions: [{ tests: { state: 'not run', count: 1 } }],
  })
})

test('a new text takes the tests of the one before along, not how they went', async () => {
  const { tool } = await created()
  await told('mcpbox_run_tests', tool)
  await told('mcpbox_update_tool', { ...tool, code: 'v2' })
  const version = await newest(tool)
  expect((await stores.tests.of(version.hash))?.tests).toHaveLength(2)
  expect(await testsPass(stores, version)).toBe(false)
  await told('mcpbox_run_tests', tool)
  expect(await testsPass(stores, version)).toBe(true)
})

test('they pass for what ran them, and for nothing newer', async () => {
  const { tool } = await created()
  await told('mcpbox_run_tests', tool)
  const version = await newest(tool)
  expect(await testsPass(stores, version)).toBe(true)
  await stores.tests.noteRuntime('python', 'python 3.12.0')
  expect(await testsPass(stores, version)).toBe(false)
  await stores.tests.noteRuntime('python', null)
  expect(await testsPass(stores, version)).toBe(false)
  await stores.tests.noteRuntime('python', 'python 3.11.2')
  expect(await testsPass(stores, version)).toBe(true)
})

test('a version without tests passes none', async () => {
  const { tool } = await created({ tests: [] })
  expect(await testsPass(stores, await newest(tool))).toBe(false)
  expect(await problem(engine, 'mcpbox_run_tests', tool)).toMatchObject({ code: 'tests_missing' })
})

test('a text whose row was changed passes none', async () => {
  const { tool } = await created()
  await told('mcpbox_run_tests', tool)
  const version = await newest(tool)
  expect(await testsPass(stores, { ...version, code: 'other' })).toBe(false)
})

test.each([
  ['two things expected', [{ name: 'a', result: 1, error: 'x' }], 'exactly one'],
  ['a pattern', [{ name: 'a', schema: { pattern: '(a+)+$' } }], 'cannot use `pattern`'],
  ['no name', [{ result: 1 }], 'name'],
])('tests with %s are refused, and nothing is stored', async (_what, tests, why) => {
  const server = freshName()
  await told('mcpbox_create_server', { name: server })
  const asked = { server, name: 'forecast', code: 'v1', tests: tests as JsonObject[] }
  const { code, message } = await problem(engine, 'mcpbox_create_tool', asked)
  expect([code, message]).toEqual(['invalid_arguments', expect.stringContaining(why)])
  expect(await told('mcpbox_list_tools', { server })).toEqual({ tools: [] })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
