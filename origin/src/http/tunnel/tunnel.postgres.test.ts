import { afterAll, expect, inject, test } from 'vitest'
import { Catalog } from '#contract/catalog.ts'
import type { OperationRequest } from '#contract/operation.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ask, refusalOf } from '../../testing/doors.ts'
import { ALICE, BOB, callOf } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, approvedTool, asked, draftedTool, newAdmin } from '../../testing/tools.ts'
import { linesOf, openTunnel, send } from '../../testing/tunnel.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const tunnel = openTunnel(opened, sandbox)
afterAll(async () => {
  await tunnel[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { door } = tunnel
const { wire } = await approvedTool(opened)

function submit(request: OperationRequest, as = ALICE) {
  const sent = { method: 'POST', path: '/operations', body: JSON.stringify(request), as }
  return send(door, sent)
}

test('an operation is answered by its events, line by line', async () => {
  const request = callOf(wire, { city: 'Bern' })
  const response = await submit(request)
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  expect(await linesOf(response)).toMatchObject([
    { type: 'accepted', op_id: request.op_id },
    { type: 'result', seq: 1, result: { structuredContent: { city: 'Bern' } } },
  ])
})

test('a refused operation ends in a problem on its stream', async () => {
  expect((await linesOf(await submit(callOf('nowhere__nothing')))).at(-1)).toMatchObject({
    type: 'problem',
    problem: { code: 'unknown_tool' },
  })
})

test('a broken stream is taken up where it broke', async () => {
  const paused = gate()
  sandbox.script = (run) => {
    for (const seq of [1, 2]) run.news({ type: 'progress', seq, progress: seq })
    return paused.script(run)
  }
  const request = callOf(wire)
  expect(await linesOf(await submit(request), 3)).toHaveLength(3)
  paused.end(ended(ok('done'), 3))
  const path = `/operations/${request.op_id}/events?after=1`
  expect(await linesOf(await send(door, { path, as: ALICE }))).toMatchObject([
    { type: 'accepted' },
    { type: 'progress', seq: 2 },
    { type: 'result', seq: 3 },
  ])
  sandbox.script = async () => ended(ok(1))
})

test('what an operation of another principal does is nobody’s business', async () => {
  const request = callOf(wire)
  await linesOf(await submit(request))
  const events = `/operations/${request.op_id}/events`
  const cancel = `/operations/${request.op_id}/cancel`
  expect(await refusalOf(await send(door, { path: events, as: BOB }))).toEqual([
    404,
    'operation_unknown',
  ])
  expect(await refusalOf(await send(door, { method: 'POST', path: cancel, as: BOB }))).toEqual([
    404,
    'operation_unknown',
  ])
  expect(await refusalOf(await submit(request, BOB))).toEqual([409, 'operation_conflict'])
})

test('an operation that is cancelled ends', async () => {
  const paused = gate()
  sandbox.script = (run) => {
    run.cancel.addEventListener('abort', () => paused.end(ended(ok('stopped'))))
    return paused.script(run)
  }
  const request = callOf(wire)
  const lines = linesOf(await submit(request))
  await paused.reached
  const path = `/operations/${request.op_id}/cancel`
  expect((await send(door, { method: 'POST', path })).status).toBe(204)
  expect((await lines).at(-1)).toMatchObject({ type: 'result' })
  sandbox.script = async () => ended(ok(1))
})

test('a call that was lost is taken up by an equal one, unless its client comes back for it', async () => {
  const paused = gate()
  sandbox.script = paused.script
  const first = callOf(wire, { city: 'Uri' })
  const again = { ...first, op_id: callOf(wire).op_id }
  const parked = { ...first, op_id: callOf(wire).op_id }
  const takenUp = [{ type: 'accepted', op_id: first.op_id }]
  await linesOf(await submit(first), 1)
  expect(await linesOf(await submit(again), 1)).toEqual(takenUp)

  const path = `/operations/${first.op_id}/park`
  expect(await refusalOf(await send(door, { method: 'POST', path, as: BOB }))).toEqual([
    404,
    'operation_unknown',
  ])
  expect((await send(door, { method: 'POST', path })).status).toBe(204)
  const anew = linesOf(await submit(parked))
  paused.end(ended(ok(1)))
  expect((await anew)[0]).toEqual({ type: 'accepted', op_id: parked.op_id })
  sandbox.script = async () => ended(ok(1))
})

test('the catalog is told once, and again only when it changed', async () => {
  const first = await send(door, { path: '/catalog' })
  const etag = first.headers.get('etag') ?? ''
  const catalog = Catalog.parse(await first.json())
  expect(catalog.tools.map(({ name }) => name)).toEqual([
    'mcpbox_search_tools',
    'mcpbox_describe_tool',
    'mcpbox_call_read_tool',
    'mcpbox_call_tool',
    'mcpbox_call_destructive_tool',
    'mcpbox_list_servers',
    'mcpbox_create_server',
    'mcpbox_get_tool',
    'mcpbox_create_tool',
    'mcpbox_update_tool',
    'mcpbox_test_code',
    'mcpbox_request_publish',
    'mcpbox_get_tool_status',
    'mcpbox_read_result',
    'mcpbox_wait',
    wire,
  ])
  const again = () => send(door, { path: '/catalog', headers: { 'if-none-match': etag } })
  expect((await again()).status).toBe(304)
  const another = await approvedTool(opened)
  const changed = await again()
  expect(changed.status).toBe(200)
  expect(JSON.stringify(await changed.json())).toContain(another.wire)
})

test('whoever follows the changes hears when a tool went live, and not of drafts', async () => {
  const changes = (await send(door, { path: '/changes' })).body?.pipeThrough(
    new TextDecoderStream(),
  )
  const reader = changes?.getReader()
  const next = async () => JSON.parse((await reader?.read())?.value ?? 'null')
  expect(await next()).toEqual({ type: 'hello', etag: expect.any(String) })
  const { tool } = await draftedTool(opened.within)
  const approval = await asked(opened.within, tool)
  await approve(opened.within, await newAdmin(opened.stores), approval)
  expect(await next()).toEqual({ type: 'catalog', lists: ['tools'], resources: [] })
  await reader?.cancel()
})

test('health needs no token and tells nothing', async () => {
  const response = await ask(door, '/health', { from: '10.0.0.7', host: 'origin:8002' })
  expect(await response.json()).toEqual({ status: 'ok' })
})

test('health is not told through the tunnel', async () => {
  const headers = { 'cf-ray': '8f1a2b3c4d5e6f70-FRA' }
  expect((await ask(door, '/health', { host: 'mcpbox-origin', headers })).status).toBe(404)
})

test('a request keeps the id that the Worker gave it', async () => {
  const headers = { 'x-request-id': 'worker-request-1' }
  const response = await send(door, { path: '/catalog', headers })
  expect(response.headers.get('x-request-id')).toBe('worker-request-1')
  const odd = await send(door, { path: '/catalog', headers: { 'x-request-id': 'a b"c' } })
  expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('readers that went away leave no fault behind', () => {
  expect(tunnel.faults).toEqual([])
  expect(tunnel.lines.filter((line) => line.includes('stream broke'))).toEqual([])
})
