import { afterAll, expect, inject, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { type Opened, openReplicas, sql } from '../../testing/databases.ts'
import { ALICE, callOf, endOf, problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, asked, draftedTool, newAdmin, redraft, reject } from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { deleteTool } from '../tools/delete.ts'
import { stopServer } from '../tools/run-server.ts'
import type { Tool } from '../tools/tool-store.ts'

/** Two replicas: what is decided at one is waited for at the other. */

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
let onListening: () => void = () => {}

/** Tells the test when somebody waits for a decision. */
const notices: Opened['notices'] = {
  on(channel, listener) {
    const registered = here.notices.on(channel, listener)
    if (channel === 'mcpbox_approval') onListening()
    return registered
  },
  [Symbol.asyncDispose]: () => here.notices[Symbol.asyncDispose](),
}
const waiting = startEngine({ ...here, notices }, new ScriptedSandbox())
afterAll(async () => {
  await waiting.engine[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
const { engine, faults } = waiting
const admin = await newAdmin(here.stores)
const by = { actor: 'admin:boss', ...UNSEEN }

/** Begins to wait for a decision about a tool, and comes back once it does. */
async function begun(tool: Tool, more: JsonObject = {}) {
  const { promise, resolve } = Promise.withResolvers<void>()
  onListening = resolve
  const { server, name } = tool
  const request = callOf('mcpbox_await_approval', { server, name, wait_s: 3_600, ...more })
  await engine.submit(ALICE, request, 'request-1')
  await promise
  return request.op_id
}

async function askedTool() {
  const drafted = await draftedTool(here.within)
  return { ...drafted, approval: await asked(here.within, drafted.tool) }
}

const told = async (opId: Awaited<ReturnType<typeof begun>>) => {
  const end = await endOf(engine, opId, ALICE)
  if (end.type === 'problem') return end.problem
  return (end.result as { structuredContent: JsonObject }).structuredContent
}

test('an approval at another replica ends the wait: it says how to call what is live', async () => {
  const { tool, version, wire, approval } = await askedTool()
  const opId = await begun(tool)
  await approve(there.within, admin, approval)
  expect(await told(opId)).toEqual({
    tool: wire,
    version: 1,
    hash: version.hash,
    decision: 'approved',
    decided_by: admin.username,
    decided_by_policy: null,
    decided_at: expect.any(String),
    reason: null,
    next: expect.stringContaining(`call ${wire}`),
  })
})

test('a rejection ends it with the reason, and says what to do then', async () => {
  const { tool, approval } = await askedTool()
  const opId = await begun(tool)
  await reject(there.within, admin, approval, 'It reads too much.')
  expect(await told(opId)).toMatchObject({
    decision: 'rejected',
    reason: 'It reads too much.',
    next: expect.stringContaining('mcpbox_edit_tool'),
  })
})

test('a change withdraws the question and ends the wait', async () => {
  const { tool, version } = await askedTool()
  const opId = await begun(tool)
  await redraft(there.within, version, { timeoutMs: 5_000 })
  expect(await told(opId)).toMatchObject({
    decision: 'withdrawn',
    next: expect.stringContaining('mcpbox_request_publish'),
  })
})

test('a deletion ends it, too', async () => {
  const { tool } = await askedTool()
  const opId = await begun(tool)
  await there.within((inside) => deleteTool(inside, tool, by))
  expect(await told(opId)).toMatchObject({
    decision: 'withdrawn',
    next: expect.stringContaining('was deleted'),
  })
})

test('what was decided before is told at once', async () => {
  const { tool, version, approval } = await askedTool()
  await approve(here.within, admin, approval)
  await redraft(here.within, version, { timeoutMs: 5_000 })
  expect(await told(await begun(tool))).toMatchObject({ version: 1, decision: 'approved' })
  await there.within((inside) => stopServer(inside, tool.server, by))
  expect(await told(await begun(tool, { version: 1 }))).toMatchObject({
    next: expect.stringContaining('its server is stopped'),
  })
})

test('a wait that is over says that nobody has decided', async () => {
  const { tool } = await askedTool()
  expect(await told(await begun(tool, { wait_s: 0 }))).toMatchObject({
    decision: 'waiting',
    next: expect.stringContaining('call this again'),
  })
})

test('a cancelled wait ends at once', async () => {
  const { tool } = await askedTool()
  const opId = await begun(tool)
  await engine.cancel(ALICE, opId)
  expect(await told(opId)).toMatchObject({ code: 'cancelled' })
})

test('who waits holds no session of the database', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, askedTool))
  const opIds = []
  for (const { tool } of many) opIds.push(await begun(tool))
  const { rows } = (await there.db.execute(sql`select count(*)::int as open from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`)) as {
    rows: { open: number }[]
  }
  expect(rows[0]?.open).toBe(0)
  // Nor does it keep others from theirs: each of both replicas has five.
  expect(await here.stores.tools.countLive('tool')).toBeGreaterThan(0)
  for (const { approval } of many) await approve(there.within, admin, approval)
  for (const opId of opIds) expect(await told(opId)).toMatchObject({ decision: 'approved' })
})

test('a replica that stops hands the wait over, and the next one goes on with it', async () => {
  const { tool, approval } = await askedTool()
  const { server, name } = tool
  const stopping = startEngine(here, new ScriptedSandbox())
  const request = callOf('mcpbox_await_approval', { server, name, wait_s: 3_600 })
  await stopping.engine.submit(ALICE, request, 'request-1')
  await stopping.engine[Symbol.asyncDispose]()
  expect((await here.stores.operations.get(request.op_id))?.state).toBe('running')
  const next = startEngine(there, new ScriptedSandbox())
  const end = endOf(next.engine, request.op_id, ALICE)
  await approve(here.within, admin, approval)
  expect(await end).toMatchObject({ result: { structuredContent: { decision: 'approved' } } })
  await next.engine[Symbol.asyncDispose]()
  expect([...stopping.faults, ...next.faults]).toEqual([])
})

test.each<[string, JsonObject, string]>([
  ['a tool that is not there', { server: 'nowhere', name: 'nothing' }, 'tool_unknown'],
  ['a version that is not there', { version: 9 }, 'version_unknown'],
  ['a version that nobody was asked about', { version: 1 }, 'nothing_to_publish'],
  ['a tool that nobody was asked about', {}, 'nothing_to_publish'],
])('waiting for a decision about %s is refused', async (_what, args, code) => {
  const { tool } = await draftedTool(here.within)
  const at = { server: tool.server, name: tool.name, ...args }
  expect(await problem(engine, 'mcpbox_await_approval', at)).toMatchObject({
    code,
    message: expect.stringContaining('mcpbox_'),
  })
})

test('it is called through the tool for those that read', async () => {
  const { tool, approval } = await askedTool()
  await approve(here.within, admin, approval)
  const at = { server: tool.server, name: tool.name }
  const through = { name: 'mcpbox_await_approval', arguments: at }
  expect(await result(engine, 'mcpbox_call_read_tool', through)).toMatchObject({
    structuredContent: { decision: 'approved' },
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
