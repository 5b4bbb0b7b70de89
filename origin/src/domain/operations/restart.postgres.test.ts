import { randomUUID } from 'node:crypto'
import { afterAll, expect, inject, test } from 'vitest'
import type { OpId } from '#contract/operation.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, startEngine } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool } from '../../testing/tools.ts'

/** What a restart of the sandbox means for calls: the boot that is known may be gone. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const { wire, version } = await approvedTool(here)

/** A sandbox of which an earlier boot is known. */
function restartedSandbox(): ScriptedSandbox {
  const sandbox = new ScriptedSandbox(async ({ bootId, request }) => {
    if (bootId === sandbox.bootId) return ended(ok(request.input))
    sandbox.boot = null
    return 'other_boot'
  })
  sandbox.boot = randomUUID()
  return sandbox
}

async function dispatchOf(opId: OpId): Promise<unknown> {
  const { rows } = (await here.db.execute(
    sql`select dispatch from operations where op_id = ${opId}`,
  )) as { rows: { dispatch: unknown }[] }
  return rows[0]?.dispatch
}

test('what is going to run is noted with the operation, before anything is sent', async () => {
  const sandbox = new ScriptedSandbox(async ({ bootId, request }) => {
    const noted = await dispatchOf(request.run_id as OpId)
    expect(noted).toEqual({ bootId, versionId: version.id })
    return ended(ok('noted'))
  })
  sandbox.health = () => Promise.reject(new Error('nobody needs to ask'))
  const { engine, faults } = startEngine(here, sandbox)
  const request = callOf(wire)
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({ type: 'result' })
  expect(faults).toEqual([])
  await engine[Symbol.asyncDispose]()
})

test('the first call after a restart runs, once, at the boot there is now', async () => {
  const sandbox = restartedSandbox()
  const gone = sandbox.boot
  const { engine } = startEngine(here, sandbox)
  const request = callOf(wire, { city: 'Bern' })
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({
    result: { structuredContent: { city: 'Bern' } },
  })
  expect(sandbox.asked.map(({ bootId }) => bootId)).toEqual([gone, sandbox.bootId])
  expect(await dispatchOf(request.op_id)).toMatchObject({ bootId: sandbox.bootId })
  await engine[Symbol.asyncDispose]()
})

test('so does the first trial', async () => {
  const sandbox = restartedSandbox()
  const { engine } = startEngine(here, sandbox)
  const request = callOf('mcpbox_test_code', { server: version.server, name: version.tool })
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({ type: 'result' })
  expect(sandbox.asked).toHaveLength(2)
  await engine[Symbol.asyncDispose]()
})

test('a sandbox that restarts again and again is unreachable; nothing ran', async () => {
  const sandbox = new ScriptedSandbox(async () => {
    sandbox.bootId = randomUUID()
    sandbox.boot = null
    return 'other_boot'
  })
  const { engine } = startEngine(here, sandbox)
  const request = callOf(wire)
  await engine.submit(LOCAL, request, 'request-1')
  expect(await endOf(engine, request.op_id)).toMatchObject({
    problem: { code: 'sandbox_unreachable' },
  })
  expect(sandbox.asked).toHaveLength(2)
  await engine[Symbol.asyncDispose]()
})

test('a replica that lost its lease sends nothing to the boot there is now', async () => {
  const taken = Promise.withResolvers<void>()
  const late = restartedSandbox()
  const refuse = late.script
  late.script = async (run) => {
    await here.db.execute(
      sql`update operations set lease_until = now() - interval '1 second' where op_id = ${run.request.run_id}`,
    )
    await taken.promise
    return refuse(run)
  }
  const { engine, faults } = startEngine(here, late)
  const request = callOf(wire)
  await engine.submit(LOCAL, request, 'request-1')

  const attached = new ScriptedSandbox(async () => {
    taken.resolve()
    return ended(ok('the end that the other one heard'))
  })
  const other = startEngine(there, attached)
  expect(await endOf(other.engine, request.op_id)).toMatchObject({ type: 'result' })
  expect(attached.asked).toMatchObject([{ sentBefore: true }])
  await engine[Symbol.asyncDispose]()
  expect(late.asked).toHaveLength(1)
  expect(faults).toEqual([])
  await other.engine[Symbol.asyncDispose]()
})
