import { afterAll, afterEach, expect, inject, test, vi } from 'vitest'
import type { OpId } from '#contract/operation.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { callOf, endOf, eventsOf, LOCAL, startEngine } from '../../testing/engines.ts'
import {
  ended,
  gate,
  measured,
  ok,
  ScriptedSandbox,
  silent,
  untilCancelled,
} from '../../testing/scripted-sandbox.ts'
import { approvedTool, freshName } from '../../testing/tools.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
afterEach(() => {
  vi.useRealTimers()
})
const { here, there } = replicas
const { wire } = await approvedTool(here)

/** What is left of an operation whose replica died a while ago, though here its process lives on. */
async function die(opId: OpId): Promise<void> {
  await here.db.execute(
    sql`update operations set owner = 'dead', lease_until = now() - interval '1 second' where op_id = ${opId}`,
  )
}

/** An operation that a replica sent to its sandbox, whose end it never learnt. */
async function orphan(news: string[] = []) {
  const reached = gate()
  const sandbox = new ScriptedSandbox((run) => {
    news.forEach((message, at) =>
      run.news({ type: 'progress', seq: at + 1, progress: at + 1, message }),
    )
    return reached.script(run)
  })
  const { engine, faults } = startEngine(here, sandbox)
  const request = callOf(wire, { city: 'Bern' })
  await engine.submit(LOCAL, request, 'request-1')
  const run = await reached.reached
  if (news.length > 0) {
    const events = engine.follow(
      LOCAL,
      request.op_id,
      news.length - 1,
      new AbortController().signal,
    )
    await events.next()
    await events.next()
    void events.return(undefined)
  }
  await die(request.op_id)
  return { engine, faults, run, opId: request.op_id, end: reached.end }
}

async function executionsOf(opId: OpId): Promise<unknown[]> {
  return (await here.stores.executions.recent({ limit: 500 })).filter(({ id }) => id === opId)
}

test('another replica attaches to the same run on the same boot, and ends it once', async () => {
  const dead = await orphan()
  const sandbox = new ScriptedSandbox(async () => ended(ok('heard again')))
  const { engine, faults } = startEngine(there, sandbox)
  expect(await endOf(engine, dead.opId)).toMatchObject({
    result: { structuredContent: { result: 'heard again' } },
  })
  expect(sandbox.asked).toMatchObject([
    { bootId: dead.run.bootId, request: dead.run.request, sentBefore: true },
  ])
  expect(await executionsOf(dead.opId)).toHaveLength(1)
  expect(faults).toEqual([])
  await engine[Symbol.asyncDispose]()
})

test('a replica that was only taken for dead tells the end that the other one stored', async () => {
  const late = await orphan()
  const { engine } = startEngine(there, new ScriptedSandbox(async () => ended(ok('first'))))
  const heard = endOf(late.engine, late.opId)
  const first = await endOf(engine, late.opId)
  late.end(ended(ok('second')))
  expect(await heard).toEqual(first)
  expect(await endOf(engine, late.opId)).toEqual(first)
  expect(await executionsOf(late.opId)).toMatchObject([{ result: '"first"' }])
  await late.engine[Symbol.asyncDispose]()
  expect(late.faults).toEqual([])
  await engine[Symbol.asyncDispose]()
})

test('news that were told before are not told again', async () => {
  const dead = await orphan(['a', 'b'])
  const sandbox = new ScriptedSandbox(async ({ news }) => {
    for (const [at, message] of ['a', 'b', 'c'].entries())
      news({ type: 'progress', seq: at + 1, progress: at + 1, message })
    return ended(ok('done'), 4)
  })
  const { engine } = startEngine(there, sandbox)
  const after = await eventsOf(engine, dead.opId, { after: 2 })
  expect(after.slice(1)).toMatchObject([
    { seq: 3, message: 'c' },
    { seq: 4, type: 'result' },
  ])
  const all = await eventsOf(engine, dead.opId)
  expect(all.slice(1).map((event) => 'seq' in event && event.seq)).toEqual([1, 2, 3, 4])
  await engine[Symbol.asyncDispose]()
})

test('a run whose sandbox restarted ends as killed, after its news, and is not run again', async () => {
  const dead = await orphan(['a', 'b'])
  const restarted = new ScriptedSandbox(async ({ bootId }) => {
    expect(bootId).not.toBe(restarted.bootId)
    const reason = 'sandbox_lost' as const
    return ended({ kind: 'killed', reason, message: 'The sandbox restarted.', ...measured() })
  })
  const { engine } = startEngine(there, restarted)
  const events = await eventsOf(engine, dead.opId)
  expect(events.slice(1)).toMatchObject([
    { seq: 1, message: 'a' },
    { seq: 2, message: 'b' },
    {
      seq: 3,
      type: 'result',
      result: { isError: true, content: [{ text: 'The sandbox restarted.' }] },
    },
  ])
  expect(restarted.asked).toHaveLength(1)
  expect(await executionsOf(dead.opId)).toMatchObject([{ outcome: 'killed' }])
  await engine[Symbol.asyncDispose]()
  const third = startEngine(here, new ScriptedSandbox())
  expect(await eventsOf(third.engine, dead.opId)).toEqual(events)
  await third.engine[Symbol.asyncDispose]()
})

test('an operation that no sandbox got yet is run', async () => {
  const asked = Promise.withResolvers<void>()
  const hanging = new ScriptedSandbox()
  hanging.boot = null
  hanging.health = () => {
    asked.resolve()
    return silent()
  }
  const request = callOf(wire)
  const first = startEngine(here, hanging)
  await first.engine.submit(LOCAL, request, 'request-1')
  await asked.promise
  await die(request.op_id)
  const sandbox = new ScriptedSandbox()
  const { engine } = startEngine(there, sandbox)
  expect(await endOf(engine, request.op_id)).toMatchObject({ type: 'result' })
  expect(sandbox.asked).toMatchObject([{ bootId: sandbox.bootId, sentBefore: false }])
  expect(hanging.asked).toEqual([])
  await engine[Symbol.asyncDispose]()
})

test('an operation that was cancelled before any sandbox got it never begins', async () => {
  const hanging = new ScriptedSandbox()
  hanging.boot = null
  hanging.health = silent
  const request = callOf(wire)
  const first = startEngine(here, hanging)
  await first.engine.submit(LOCAL, request, 'request-1')
  await first.engine.cancel(LOCAL, request.op_id)
  await die(request.op_id)
  const sandbox = new ScriptedSandbox()
  const { engine } = startEngine(there, sandbox)
  expect(await endOf(engine, request.op_id)).toMatchObject({ problem: { code: 'cancelled' } })
  expect(sandbox.asked).toEqual([])
  await engine[Symbol.asyncDispose]()
})

test('a wish to cancel outlives the replica that heard it', async () => {
  const dead = await orphan()
  await dead.engine.cancel(LOCAL, dead.opId)
  const { engine } = startEngine(there, new ScriptedSandbox(untilCancelled))
  expect(await endOf(engine, dead.opId)).toMatchObject({
    result: { _meta: { 'mcpbox/execution': { outcome: 'killed' } } },
  })
  await engine[Symbol.asyncDispose]()
})

test('a management tool that its replica did not end is answered by another, once', async () => {
  const hanging = new ScriptedSandbox()
  const asked = Promise.withResolvers<void>()
  hanging.analyze = () => {
    asked.resolve()
    return silent()
  }
  const server = freshName()
  await here.stores.tools.addServer({ name: server, description: '', createdBy: 'local' })
  const request = callOf('mcpbox_create_tool', {
    server,
    name: 'forecast',
    code: 'def main(): pass',
  })
  const first = startEngine(here, hanging)
  await first.engine.submit(LOCAL, request, 'request-1')
  await asked.promise
  await die(request.op_id)
  const { engine } = startEngine(there, new ScriptedSandbox())
  expect(await endOf(engine, request.op_id)).toMatchObject({ type: 'result' })
  expect(await here.stores.tools.toolsOf(server)).toHaveLength(1)
  await engine[Symbol.asyncDispose]()
})

test('operations of a dead replica that nobody follows are found and ended', async () => {
  const dead = await orphan()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const paused = gate()
  const { engine } = startEngine(there, new ScriptedSandbox(paused.script))
  await vi.advanceTimersByTimeAsync(5_000)
  expect((await paused.reached).request.run_id).toBe(dead.opId)
  paused.end(ended(ok('found')))
  expect(await endOf(engine, dead.opId)).toMatchObject({ type: 'result' })
  await engine[Symbol.asyncDispose]()
})

test('a replica that renews its lease is not taken over', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const paused = gate()
  const request = callOf(wire)
  const { engine, owner } = startEngine(here, new ScriptedSandbox(paused.script))
  await engine.submit(LOCAL, request, 'request-1')
  await paused.reached
  const aSecondLeft = sql`update operations set lease_until = now() + interval '1 second' where op_id = ${request.op_id}`
  await here.db.execute(aSecondLeft)
  await vi.advanceTimersByTimeAsync(2_000)
  await vi.waitFor(async () => {
    const rows = await here.db.execute(
      sql`select owner, lease_until > now() + interval '2 seconds' as renewed from operations where op_id = ${request.op_id}`,
    )
    expect(rows).toMatchObject({ rows: [{ owner, renewed: true }] })
  }, 20_000)
  expect(await there.stores.operations.takeOver(request.op_id, 'another', 1_000)).toBe(false)
  paused.end(ended(ok(1)))
  await engine[Symbol.asyncDispose]()
})

test('a replica that stops lets go: its readers leave, and another one takes over at once', async () => {
  const sandbox = new ScriptedSandbox()
  const paused = gate()
  sandbox.script = (run) => {
    void paused.script(run)
    return untilCancelled(run)
  }
  const stopping = startEngine(here, sandbox)
  const request = callOf(wire)
  await stopping.engine.submit(LOCAL, request, 'request-1')
  await paused.reached
  const reader = eventsOf(stopping.engine, request.op_id)
  await stopping.engine[Symbol.asyncDispose]()
  expect(await reader).toEqual([{ type: 'accepted', op_id: request.op_id }])
  expect(sandbox.asked).toHaveLength(1)
  expect(stopping.faults).toEqual([])
  sandbox.script = async () => ended(ok('went on'))
  const { engine } = startEngine(there, sandbox)
  expect(await endOf(engine, request.op_id)).toMatchObject({
    result: { structuredContent: { result: 'went on' } },
  })
  expect(sandbox.asked).toHaveLength(2)
  await engine[Symbol.asyncDispose]()
})
