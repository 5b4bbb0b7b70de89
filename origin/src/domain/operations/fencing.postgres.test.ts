import { once } from 'node:events'
import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas, sql } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, startEngine } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox, type ScriptedRun } from '../../testing/scripted-sandbox.ts'
import { approvedTool } from '../../testing/tools.ts'
import type { Within } from '../stores.ts'

/** What must hold when a replica is not dead, only late, or cannot write down what it knows. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const { wire } = await approvedTool(here)

const leaseRanOut = (opId: string) =>
  here.db.execute(
    sql`update operations set lease_until = now() - interval '1 second' where op_id = ${opId}`,
  )

async function executionsOf(opId: string) {
  const recent = await here.stores.executions.recent({ limit: 500 })
  return recent.filter(({ id }) => id === opId)
}

test('a replica that stalled before it sent the run does not send it after another has ended it', async () => {
  const late = new ScriptedSandbox()
  late.boot = null
  const asked = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const health = late.health.bind(late)
  late.health = async () => {
    asked.resolve()
    await goOn.promise
    return health()
  }
  const stalled = startEngine(here, late)
  const request = callOf(wire, { city: 'Bern' })
  await stalled.engine.submit(LOCAL, request, 'request-1')
  await asked.promise
  await leaseRanOut(request.op_id)

  const other = startEngine(there, new ScriptedSandbox())
  expect(await endOf(other.engine, request.op_id)).toMatchObject({ type: 'result' })
  goOn.resolve()
  await stalled.engine[Symbol.asyncDispose]()
  expect(late.asked).toEqual([])
  expect(stalled.faults).toEqual([])
  expect(await executionsOf(request.op_id)).toHaveLength(1)
  await other.engine[Symbol.asyncDispose]()
})

test('a late event of a replica that lost its lease does not take the number of the last event', async () => {
  const running = Promise.withResolvers<ScriptedRun>()
  const letGo = Promise.withResolvers<void>()
  const stalled = startEngine(
    here,
    new ScriptedSandbox(async (run) => {
      running.resolve(run)
      await once(run.detach, 'abort')
      letGo.resolve()
      return Promise.reject(run.detach.reason)
    }),
  )
  const request = callOf(wire, { city: 'Bern' })
  await stalled.engine.submit(LOCAL, request, 'request-1')
  const { news } = await running.promise
  await leaseRanOut(request.op_id)

  const takenOver = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const other = startEngine(
    there,
    new ScriptedSandbox(async () => {
      takenOver.resolve()
      await goOn.promise
      return ended(ok('done'))
    }),
  )
  const end = endOf(other.engine, request.op_id)
  await takenOver.promise
  news({ type: 'progress', seq: 1, progress: 1 })
  await letGo.promise
  goOn.resolve()
  expect(await end).toMatchObject({ type: 'result', seq: 1 })
  expect(await here.stores.operations.eventsAfter(request.op_id, 0)).toEqual([await end])
  await stalled.engine[Symbol.asyncDispose]()
  await other.engine[Symbol.asyncDispose]()
  expect([...stalled.faults, ...other.faults]).toEqual([])
})

test('an outcome whose recording failed is sought again and recorded, not lost', async () => {
  const failed = Promise.withResolvers<void>()
  let isDown = true
  const within: Within = async (work) => {
    if (!isDown) return here.within(work)
    failed.resolve()
    throw new Error('the connection was lost')
  }
  const sandbox = new ScriptedSandbox()
  const { engine, faults } = startEngine({ ...here, within }, sandbox)
  const request = callOf(wire, { city: 'Bern' })
  await engine.submit(LOCAL, request, 'request-1')
  await failed.promise
  isDown = false
  await leaseRanOut(request.op_id)

  expect(await endOf(engine, request.op_id)).toMatchObject({
    type: 'result',
    result: { structuredContent: { city: 'Bern' } },
  })
  expect(sandbox.asked.map(({ sentBefore }) => sentBefore)).toEqual([false, true])
  expect(faults).toEqual([new Error('the connection was lost')])
  expect(await executionsOf(request.op_id)).toMatchObject([{ outcome: 'ok' }])
  await engine[Symbol.asyncDispose]()
})
