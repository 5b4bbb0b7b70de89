import { afterAll, expect, inject, test } from 'vitest'
import type { OpId } from '#contract/operation.ts'
import { SecretName } from '#contract/names.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, problem, result, startEngine } from '../../testing/engines.ts'
import { ended, gate, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, grantOf, manifest, newAdmin } from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import type { Within } from '../stores.ts'
import { expireGrant, restoreGrant, revokeGrant } from './change.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const ada = await newAdmin(here.stores)
const HOUR_MS = 3_600_000
const TWO_HOSTS = { manifest: manifest({ hosts: ['a.example', 'b.example'] }) }
const HOST_A = { kind: 'host', value: 'a.example', in_ms: 0 }

/** A sandbox in which a call runs until the test ends it, and that tells of what is withdrawn. */
function running() {
  const reached = gate()
  const sandbox = new ScriptedSandbox(reached.script)
  const withdrawn = Promise.withResolvers<unknown>()
  const replica = startEngine(here, sandbox)
  sandbox.withdraw = async (runId, withdrawals) => withdrawn.resolve({ runId, withdrawals })
  return {
    ...replica,
    sandbox,
    reached: reached.reached,
    withdrawn: withdrawn.promise,
    end: reached.end,
    async finish(opId: OpId) {
      reached.end(ended(ok('done')))
      await endOf(replica.engine, opId)
      await replica.engine[Symbol.asyncDispose]()
      expect(replica.faults).toEqual([])
    },
  }
}

const revoke = (within: Within, id: string) =>
  within((stores) => revokeGrant(stores, ada, id, 'It leaks.', UNSEEN))

async function started(wire: string, call: ReturnType<typeof running>) {
  const request = callOf(wire, { city: 'Bern' })
  await call.engine.submit(LOCAL, request, 'request-1')
  await call.reached
  return request.op_id
}

test.each([
  ['the replica that has it', here],
  ['another replica', there],
])('a running call loses a line that is revoked at %s', async (_where, replica) => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const call = running()
  const opId = await started(wire, call)
  await revoke(replica.within, id)
  expect(await call.withdrawn).toEqual({ runId: opId, withdrawals: [HOST_A] })
  await call.finish(opId)
})

test('a call after a revocation is refused, and nothing of it is sent; restored, it runs', async () => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const sandbox = new ScriptedSandbox()
  const { engine } = startEngine(here, sandbox)
  await revoke(there.within, id)
  expect(await problem(engine, wire, { city: 'Bern' })).toMatchObject({ code: 'not_approved' })
  const through = { name: wire, arguments: { city: 'Bern' } }
  expect(await problem(engine, 'mcpbox_call_destructive_tool', through)).toMatchObject({
    code: 'not_approved',
  })
  expect(sandbox.asked).toEqual([])
  await there.within((stores) => restoreGrant(stores, ada, id, UNSEEN))
  expect((await result(engine, wire, { city: 'Bern' })).isError).not.toBe(true)
  await engine[Symbol.asyncDispose]()
})

test('the sandbox is told with a call what of it ends while it runs, and when', async () => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const at = new Date(Date.now() + HOUR_MS)
  await here.within((stores) => expireGrant(stores, ada, id, at, UNSEEN))
  const sandbox = new ScriptedSandbox()
  const { engine } = startEngine(here, sandbox)
  await result(engine, wire, { city: 'Bern' })
  const withdrawals = sandbox.asked[0]?.request.withdrawals ?? []
  expect(withdrawals).toEqual([{ ...HOST_A, in_ms: expect.any(Number) }])
  const left = withdrawals[0]?.in_ms ?? 0
  expect(left).toBeLessThanOrEqual(HOUR_MS)
  expect(left).toBeGreaterThan(HOUR_MS - 60_000)
  await engine[Symbol.asyncDispose]()
})

test('an end that is set while a call runs reaches the call', async () => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const call = running()
  const opId = await started(wire, call)
  const at = new Date(Date.now() + HOUR_MS)
  await here.within((stores) => expireGrant(stores, ada, id, at, UNSEEN))
  expect(await call.withdrawn).toMatchObject({
    withdrawals: [{ kind: 'host', value: 'a.example', in_ms: expect.any(Number) }],
  })
  await call.finish(opId)
})

test('a withdrawal that does not arrive is sent again', async () => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  const call = running()
  const opId = await started(wire, call)
  const arrived = Promise.withResolvers<unknown>()
  let tries = 0
  call.sandbox.withdraw = async (_runId, withdrawals) => {
    if (++tries === 1) throw new Error('the sandbox hung up')
    arrived.resolve(withdrawals)
  }
  await revoke(here.within, id)
  expect(await arrived.promise).toEqual([HOST_A])
  expect(call.faults).toEqual([new Error('the sandbox hung up')])
  call.faults.length = 0
  await call.finish(opId)
})

test('a call whose replica died meanwhile goes on with what is left, and tells no revoked secret', async () => {
  const SECRET = SecretName.parse('API_KEY')
  const { version, wire } = await approvedTool(here, {
    manifest: manifest({ hosts: ['a.example', 'b.example'], secrets: [SECRET] }),
  })
  const serverId = (await here.stores.tools.serverId(version.server)) ?? ''
  await here.stores.secrets.set(serverId, SECRET, 'top-secret', 'admin:ada')
  const dead = running()
  const opId = await started(wire, dead)
  await here.db.execute(
    sql`update operations set owner = 'dead', lease_until = now() - interval '1 second' where op_id = ${opId}`,
  )
  for (const line of ['host a.example', 'secret API_KEY'])
    await revoke(here.within, (await grantOf(here.stores, version, line)).id)

  const next = gate()
  const sandbox = new ScriptedSandbox(next.script)
  const { engine, faults } = startEngine(there, sandbox)
  const told = Promise.withResolvers<unknown>()
  sandbox.withdraw = async (_runId, withdrawals) => told.resolve(withdrawals)
  const outcome = endOf(engine, opId)
  const { request, sentBefore } = await next.reached
  expect(sentBefore).toBe(true)
  expect(request.version.manifest).toEqual(manifest({ hosts: ['b.example'] }))
  expect(request.secrets).toEqual({})
  expect(await told.promise).toEqual([HOST_A, { kind: 'secret', value: 'API_KEY', in_ms: 0 }])
  next.end(ended(ok('it is top-secret')))
  expect(JSON.stringify(await outcome)).not.toContain('top-secret')
  expect(faults).toEqual([])
  await engine[Symbol.asyncDispose]()
  dead.end(ended(ok('nobody hears')))
  await dead.engine[Symbol.asyncDispose]()
})

test('a live tool that misses a line is still listed, and its status says what it misses', async () => {
  const { version, wire } = await approvedTool(here, TWO_HOSTS)
  const { id } = await grantOf(here.stores, version, 'host a.example')
  await revoke(here.within, id)
  const { engine } = startEngine(here, new ScriptedSandbox())
  const live = await here.stores.tools.live(['tool'])
  expect(live.map(({ server }) => server)).toContain(version.server)
  const named = { server: version.server, name: version.tool }
  expect((await result(engine, 'mcpbox_get_tool_status', named)).structuredContent).toMatchObject({
    tool: wire,
    callable: false,
    live_version: 1,
    versions: [
      {
        missing: [
          {
            line: 'host a.example',
            because: expect.stringContaining(`${ada.username} revoked it`),
          },
        ],
      },
    ],
  })
  await engine[Symbol.asyncDispose]()
})
