import { afterAll, expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import type { Name } from '#contract/names.ts'
import { openMemory } from '../../testing/databases.ts'
import { ALICE, callOf, endOf, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, approvedTool, asked, draftedTool, redraft } from '../../testing/tools.ts'
import { adminDoer, UNSEEN } from '../activity.ts'
import { changeSetting } from '../admin-settings.ts'
import { decide } from '../approvals/decide.ts'
import { CatalogReader } from '../catalog.ts'
import { DEFAULT_LISTING } from '../listing.ts'
import { changeServerPolicy } from '../policies/change.ts'
import { startServer, stopServer } from '../tools/run-server.ts'

const opened = await openMemory()
const sandbox = new ScriptedSandbox()
const { engine, faults } = startEngine(opened, sandbox)
const catalog = new CatalogReader(opened.stores, opened.notices, DEFAULT_LISTING)
afterAll(async () => {
  catalog[Symbol.dispose]()
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { stores, within } = opened
const boss = adminDoer('boss', UNSEEN)

const told = async (name: string, args: object) =>
  (await result(engine, name, { ...args })).structuredContent as JsonObject

const listed = async (wire: string) =>
  (await catalog.read()).tools.some(({ name }) => name === wire)

async function found(wire: string) {
  const { tools } = await told('mcpbox_search_tools', { query: wire.replaceAll('_', ' ') })
  return (tools as { name: string }[]).some(({ name }) => name === wire)
}

/** Every way to a live tool, and what is said there. */
async function refusals(wire: string) {
  const asks: [string, JsonObject][] = [
    [wire, { city: 'Bern' }],
    ['mcpbox_call_destructive_tool', { name: wire, arguments: { city: 'Bern' } }],
    ['mcpbox_describe_tool', { names: [wire] }],
  ]
  return Promise.all(asks.map(async ([name, args]) => problem(engine, name, args)))
}

test('a server is told of with its tools, its secrets and what waits', async () => {
  const { tool, version, wire } = await approvedTool(opened)
  await redraft(within, version, { timeoutMs: 5_000 })
  await asked(within, tool)
  await told('mcpbox_create_server_secret', { server: tool.server, name: 'API_KEY' })
  expect(await told('mcpbox_get_server', { server: tool.server })).toMatchObject({
    server: tool.server,
    created_by: 'this machine',
    stopped: null,
    tools: [{ tool: wire, live_version: 1, newest: { version: 2, state: 'pending' } }],
    secrets: [{ name: 'API_KEY', has_value: false }],
    waiting_approvals: 1,
  })
})

test('tools of a stopped server are neither listed nor found nor called, and it is said why', async () => {
  const { tool, wire } = await approvedTool(opened)
  expect([await listed(wire), await found(wire)]).toEqual([true, true])
  await told('mcpbox_stop_server', { server: tool.server })
  expect([await listed(wire), await found(wire)]).toEqual([false, false])
  for (const { code, message } of await refusals(wire)) {
    expect(code).toBe('server_stopped')
    expect(message).toContain('was stopped by this machine')
    expect(message).toContain('mcpbox_start_server')
    expect(message).toContain(`npx mcpbox servers start ${tool.server}`)
  }
  const at = { server: tool.server, name: tool.name }
  expect(await told('mcpbox_get_tool_status', at)).toMatchObject({ callable: false, stopped: true })
  expect(await told('mcpbox_start_server', { server: tool.server })).toMatchObject({
    live_tools: 1,
  })
  expect([await listed(wire), await found(wire)]).toEqual([true, true])
  expect(await result(engine, wire, { city: 'Bern' })).toMatchObject({ content: [{}] })
})

test('prompts and resources of a stopped server are kept from clients, too', async () => {
  const prompt = await approvedTool(opened, { publication: { kind: 'prompt', name: 'shout' } })
  const uri = 'notes://{day}'
  const resource = await approvedTool(opened, {
    publication: { kind: 'resource', uri, mimeType: null },
  })
  for (const { server } of [prompt.tool, resource.tool])
    await told('mcpbox_stop_server', { server })
  const { prompts, resourceTemplates } = await catalog.read()
  expect([prompts, resourceTemplates]).toEqual([[], []])
  const { params: _, ...rest } = callOf('')
  for (const request of [
    { ...rest, method: 'prompts/get' as const, params: { name: 'shout', arguments: {} } },
    { ...callOf(''), method: 'resources/read' as const, params: { uri: 'notes://monday' } },
  ]) {
    const opId = crypto.randomUUID() as typeof rest.op_id
    await engine.submit(ALICE, { ...request, op_id: opId }, 'request-1')
    expect(await endOf(engine, opId, ALICE)).toMatchObject({ problem: { code: 'server_stopped' } })
  }
})

test('a stopped server keeps its names, and its tools can be approved meanwhile', async () => {
  const { tool, version, admin, wire } = await approvedTool(opened)
  await told('mcpbox_stop_server', { server: tool.server })
  const second = await redraft(within, version, { timeoutMs: 5_000 })
  await approve(within, admin, await asked(within, tool))
  expect((await problem(engine, wire, {})).code).toBe('server_stopped')
  await told('mcpbox_start_server', { server: tool.server })
  await result(engine, wire, { city: 'Bern' })
  expect(sandbox.asked.at(-1)?.request.version.hash).toBe(second.hash)
})

test('what runs when its server is stopped or its tool deleted goes on to its end', async () => {
  for (const end of ['mcpbox_stop_server', 'mcpbox_delete_server']) {
    const { tool, wire } = await approvedTool(opened)
    const { script, reached, end: finish } = gate()
    const before = sandbox.script
    sandbox.script = script
    const request = callOf(wire, { city: 'Bern' })
    await engine.submit(ALICE, request, 'request-1')
    await reached
    sandbox.script = before
    await told(end, { server: tool.server })
    finish(ended(ok('done')))
    expect(await endOf(engine, request.op_id, ALICE)).toMatchObject({ type: 'result' })
    const [execution] = await stores.executions.recent({ tool: wire, limit: 1 })
    expect(execution).toMatchObject({ outcome: 'ok' })
  }
})

test('what an admin stopped no assistant starts, and its own stop an admin may take over', async () => {
  const { tool, wire } = await approvedTool(opened)
  const { server } = tool
  await told('mcpbox_stop_server', { server })
  await within((inside) => stopServer(inside, server, boss))
  await told('mcpbox_stop_server', { server })
  expect(await problem(engine, 'mcpbox_start_server', { server })).toMatchObject({
    code: 'server_stopped',
    message: expect.stringContaining('only an admin starts it again'),
  })
  const [{ message } = { message: '' }] = await refusals(wire)
  expect(message).toContain('was stopped by admin:boss')
  expect(message).not.toContain('mcpbox_start_server')
  await within((inside) => startServer(inside, server, boss))
  expect(await listed(wire)).toBe(true)
})

test('a deleted tool is gone everywhere at once, its request is withdrawn, its name is free', async () => {
  const { tool, version, admin, wire } = await approvedTool(opened)
  await result(engine, wire, { city: 'Bern' }, ALICE)
  await redraft(within, version, { timeoutMs: 5_000 })
  const waiting = await asked(within, tool)
  const at = { server: tool.server, name: tool.name }
  await told('mcpbox_delete_tool', at)
  expect([await listed(wire), await found(wire)]).toEqual([false, false])
  for (const { code } of await refusals(wire)) expect(code).toMatch(/^(un|tool_un)known/)
  expect(await told('mcpbox_list_tools', { server: tool.server })).toEqual({ tools: [] })
  expect((await problem(engine, 'mcpbox_get_tool', at)).code).toBe('tool_unknown')
  expect((await stores.approvals.approval(waiting.id))?.state).toBe('withdrawn')
  await expect(
    within((inside) =>
      decide(
        inside,
        admin,
        { approvalId: waiting.id, hash: waiting.hash, decision: 'approve', reason: null },
        UNSEEN,
      ),
    ),
  ).rejects.toMatchObject({
    problem: { code: 'approval_stale', message: expect.stringContaining('was deleted') },
  })

  await told('mcpbox_create_tool', { ...at, code: 'def main(): return 1' })
  expect(await told('mcpbox_list_tool_versions', at)).toMatchObject({ versions: [{ version: 1 }] })
  const { structuredContent } = await result(engine, 'mcpbox_get_tool_logs', at, ALICE)
  expect(structuredContent).toEqual({ executions: [] })
})

test('history outlives what it is about', async () => {
  const { tool, version, wire, approval } = await approvedTool(opened)
  await result(engine, wire, { city: 'Bern' })
  await told('mcpbox_delete_server', { server: tool.server })
  const [gone] = await stores.directory.deletedTools({ before: null, limit: 1 })
  expect(gone).toMatchObject({ id: tool.id, server: tool.server, deletedBy: 'local', versions: 1 })
  expect(await stores.tools.versions(tool.id)).toMatchObject([
    { hash: version.hash, code: version.code, state: 'archived' },
  ])
  expect(await stores.approvals.approval(approval.id)).toMatchObject({ state: 'approved' })
  const [execution] = await stores.executions.recent({ tool: wire, limit: 1 })
  expect(execution).toMatchObject({ hash: version.hash, version: 1 })
  const about = await stores.activity.page({ text: tool.server }, { limit: 10 })
  expect(about.map(({ action }) => action).slice(0, 2)).toEqual(['server.deleted', 'tool.deleted'])
})

test('a server goes with its tools and secrets, and a new one of its name has none of them', async () => {
  const { tool } = await approvedTool(opened)
  const { server } = tool
  await told('mcpbox_create_server_secret', { server, name: 'API_KEY' })
  expect(await told('mcpbox_delete_server', { server })).toMatchObject({
    deleted: server,
    tools: [`${server}__${tool.name}`],
  })
  expect((await problem(engine, 'mcpbox_get_server', { server })).code).toBe('server_unknown')
  await told('mcpbox_create_server', { name: server })
  expect(await told('mcpbox_get_server', { server })).toMatchObject({ tools: [], secrets: [] })
  expect(await stores.secrets.values(tool.id, ['API_KEY' as never])).toEqual(new Map())
})

test('no assistant deletes a server, and with it what an admin said of it', async () => {
  const { tool } = await approvedTool(opened)
  const { server } = tool
  await within((s) => stopServer(s, server, boss))
  const held = { code: 'admins_only', message: expect.stringContaining('An admin stopped') }
  expect(await problem(engine, 'mcpbox_delete_server', { server })).toMatchObject(held)
  await within((s) => startServer(s, server, boss))
  const { id } = (await stores.directory.server(server))!
  await within((s) => changeServerPolicy(s, boss, { id, name: server }, 'ask'))
  expect(await problem(engine, 'mcpbox_delete_server', { server })).toMatchObject({
    code: 'admins_only',
    message: expect.stringContaining('set the approval policy of'),
  })
  await within((s) => changeServerPolicy(s, boss, { id, name: server }, null))
  expect(await told('mcpbox_delete_server', { server })).toMatchObject({ deleted: server })
})

test.each([
  'mcpbox_stop_server',
  'mcpbox_delete_server',
  'mcpbox_delete_tool',
  'mcpbox_rollback_tool',
])('%s is not for callers from afar, unless an admin allows it', async (name) => {
  const { tool } = await draftedTool(within)
  const byTool: Record<string, JsonObject> = {
    mcpbox_delete_tool: { name: tool.name },
    mcpbox_rollback_tool: { name: tool.name, version: 1 },
  }
  const args = { server: tool.server, ...byTool[name] }
  const through = { name, arguments: args }
  for (const refused of [
    await problem(engine, name, args, ALICE),
    await problem(engine, 'mcpbox_call_destructive_tool', through, ALICE),
  ])
    expect(refused).toMatchObject({
      code: 'destructive_from_afar',
      message: expect.stringContaining('npx mcpbox settings set remote_destructive true'),
    })
  expect(await stores.tools.tool(tool.server, tool.name)).not.toBeNull()
  await within((inside) => changeSetting(inside, boss, 'remote_destructive', true))
  await result(engine, name, args, ALICE)
  await within((inside) => changeSetting(inside, boss, 'remote_destructive', null))
})

test('a destructive tool that a person approved is called from afar all the same', async () => {
  const { wire } = await approvedTool(opened)
  const through = { name: wire, arguments: { city: 'Bern' } }
  expect(await result(engine, 'mcpbox_call_destructive_tool', through, ALICE)).toMatchObject({
    content: [{}],
  })
})

test.each([
  'mcpbox_get_server',
  'mcpbox_start_server',
  'mcpbox_stop_server',
  'mcpbox_delete_server',
])('%s of a server that is not there says so', async (name) => {
  expect(await problem(engine, name, { server: 'nowhere' as Name })).toMatchObject({
    code: 'server_unknown',
    message: expect.stringContaining('mcpbox_list_servers'),
  })
})

test('nothing of all this was a fault of MCPbox', () => {
  expect(faults).toEqual([])
})
