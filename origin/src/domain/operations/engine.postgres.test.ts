import { afterAll, expect, inject, test } from 'vitest'
import type { OperationEvent } from '#contract/operation.ts'
import { openReplicas } from '../../testing/databases.ts'
import { ALICE, BOB, callOf, endOf, eventsOf, LOCAL, startEngine } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox, untilCancelled } from '../../testing/scripted-sandbox.ts'
import { approvedTool } from '../../testing/tools.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const { wire } = await approvedTool(here)

/** Two replicas that share one sandbox. */
function twoEngines(sandbox = new ScriptedSandbox()) {
  const one = startEngine(here, sandbox)
  const other = startEngine(there, sandbox)
  return {
    sandbox,
    one: one.engine,
    other: other.engine,
    async [Symbol.asyncDispose]() {
      await one.engine[Symbol.asyncDispose]()
      await other.engine[Symbol.asyncDispose]()
      expect([...one.faults, ...other.faults]).toEqual([])
    },
  }
}

const chatty = new ScriptedSandbox(async ({ news }) => {
  for (const seq of [1, 2, 3]) news({ type: 'progress', seq, progress: seq, total: 3 })
  return ended(ok('done'), 4)
})
const numbers = (events: OperationEvent[]) =>
  events.map((event) => ('seq' in event ? event.seq : undefined))

test('an operation is told from its acceptance to its result', async () => {
  await using engines = twoEngines(chatty)
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  expect(await eventsOf(engines.one, request.op_id)).toEqual([
    { type: 'accepted', op_id: request.op_id },
    { type: 'progress', seq: 1, progress: 1, total: 3 },
    { type: 'progress', seq: 2, progress: 2, total: 3 },
    { type: 'progress', seq: 3, progress: 3, total: 3 },
    {
      type: 'result',
      seq: 4,
      result: expect.objectContaining({ structuredContent: { result: 'done' } }),
    },
  ])
})

test('every reader of every replica sees the same events', async () => {
  await using engines = twoEngines(chatty)
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  const [first, second] = await Promise.all([
    eventsOf(engines.one, request.op_id),
    eventsOf(engines.other, request.op_id),
  ])
  expect(second).toEqual(first)
  expect(await eventsOf(engines.other, request.op_id)).toEqual(first)
})

test('a reader that saw events up to n gets those after n', async () => {
  await using engines = twoEngines(chatty)
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  await endOf(engines.one, request.op_id)
  for (const engine of [engines.one, engines.other])
    expect(numbers(await eventsOf(engine, request.op_id, { after: 2 }))).toEqual([undefined, 3, 4])
})

test('a reader that saw the end already is told that there is nothing more', async () => {
  await using engines = twoEngines(chatty)
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  await endOf(engines.one, request.op_id)
  for (const engine of [engines.one, engines.other])
    expect(numbers(await eventsOf(engine, request.op_id, { after: 4 }))).toEqual([undefined])
})

test('an operation that is sent twice runs once', async () => {
  await using engines = twoEngines()
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  await engines.one.submit(LOCAL, request, 'request-2')
  await endOf(engines.one, request.op_id)
  await engines.other.submit(LOCAL, request, 'request-3')
  expect(await endOf(engines.other, request.op_id)).toEqual(await endOf(engines.one, request.op_id))
  expect(engines.sandbox.asked).toHaveLength(1)
})

test('an operation that is sent to two replicas at once runs once', async () => {
  await using engines = twoEngines()
  for (let round = 0; round < 10; round++) {
    const request = callOf(wire)
    await Promise.all(
      [engines.one, engines.other, engines.one].map((engine) =>
        engine.submit(LOCAL, request, 'request-1'),
      ),
    )
    await Promise.all([endOf(engines.one, request.op_id), endOf(engines.other, request.op_id)])
    expect(engines.sandbox.asked).toHaveLength(round + 1)
  }
})

test('an op_id stands for one content and one principal', async () => {
  await using engines = twoEngines()
  const request = callOf(wire)
  await engines.one.submit(ALICE, request, 'request-1')
  const others = [
    { as: ALICE, asked: { ...request, params: { name: wire, arguments: { city: 'Bern' } } } },
    { as: ALICE, asked: { ...request, params: { name: 'mcpbox_list_servers', arguments: {} } } },
    { as: BOB, asked: request },
    { as: LOCAL, asked: request },
  ]
  for (const engine of [engines.one, engines.other])
    for (const { as, asked } of others)
      await expect(engine.submit(as, asked, 'request-2')).rejects.toMatchObject({
        problem: { code: 'operation_conflict' },
      })
  await endOf(engines.one, request.op_id, ALICE)
  expect(engines.sandbox.asked).toHaveLength(1)
})

test('the order of keys does not make it another operation', async () => {
  await using engines = twoEngines()
  const request = callOf(wire, { a: 1, b: 2 })
  await engines.one.submit(LOCAL, request, 'request-1')
  const turned = { ...request, params: { arguments: { b: 2, a: 1 }, name: wire } }
  await engines.other.submit(LOCAL, turned, 'request-2')
  await endOf(engines.one, request.op_id)
  expect(engines.sandbox.asked).toHaveLength(1)
})

test('an operation of somebody else is as unknown as one that never was', async () => {
  await using engines = twoEngines()
  const request = callOf(wire)
  await engines.one.submit(ALICE, request, 'request-1')
  const unknown = { problem: { code: 'operation_unknown', message: 'There is no such operation.' } }
  for (const [as, id] of [
    [BOB, request.op_id],
    [ALICE, callOf(wire).op_id],
  ] as const)
    for (const engine of [engines.one, engines.other]) {
      await expect(eventsOf(engine, id, { as })).rejects.toMatchObject(unknown)
      await expect(engine.cancel(as, id)).rejects.toMatchObject(unknown)
    }
  await endOf(engines.one, request.op_id, ALICE)
})

test.each(['one', 'other'] as const)('cancelling at %s replica ends the run', async (at) => {
  await using engines = twoEngines()
  const paused = gate()
  engines.sandbox.script = (run) => {
    void paused.script(run)
    return untilCancelled(run)
  }
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  await paused.reached
  await engines[at].cancel(LOCAL, request.op_id)
  expect(await endOf(engines.one, request.op_id)).toMatchObject({
    result: { isError: true, _meta: { 'mcpbox/execution': { outcome: 'killed' } } },
  })
})

test('cancelling what has ended changes nothing', async () => {
  await using engines = twoEngines()
  const request = callOf(wire)
  await engines.one.submit(LOCAL, request, 'request-1')
  const end = await endOf(engines.one, request.op_id)
  await engines.other.cancel(LOCAL, request.op_id)
  expect(await endOf(engines.one, request.op_id)).toEqual(end)
})

test('a failure that nobody foresaw ends in one sentence with the request id', async () => {
  const sandbox = new ScriptedSandbox(async () => {
    throw new Error('password=hunter2 at line 7')
  })
  const { engine, faults } = startEngine(here, sandbox)
  const request = callOf(wire)
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({
    type: 'problem',
    problem: {
      code: 'internal',
      message: 'Something in MCPbox failed; its log has the details under request request-1.',
    },
  })
  expect(faults).toEqual([new Error('password=hunter2 at line 7')])
  await engine[Symbol.asyncDispose]()
})

test('operations that ended long ago are forgotten, running ones never', async () => {
  await using engines = twoEngines()
  const over = callOf(wire)
  await engines.one.submit(LOCAL, over, 'request-1')
  await endOf(engines.one, over.op_id)
  const paused = gate()
  engines.sandbox.script = paused.script
  const running = callOf(wire)
  await engines.one.submit(LOCAL, running, 'request-2')
  await paused.reached
  await here.stores.operations.forgetFinishedBefore(new Date(Date.now() + 60_000))
  await expect(eventsOf(engines.one, over.op_id)).rejects.toMatchObject({
    problem: { code: 'operation_unknown' },
  })
  paused.end(ended(ok(1)))
  expect(await endOf(engines.other, running.op_id)).toMatchObject({ type: 'result' })
})
