import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { OpId } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import { openReplicas, sql } from '../../testing/databases.ts'
import { ALICE, BOB, callOf, endOf, startEngine, type CallRequest } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool } from '../../testing/tools.ts'
import { CAUTIOUS_ANNOTATIONS } from '../tools/author.ts'
import type { OperationEngine } from './engine.ts'

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const { wire } = await approvedTool(here)
const idempotent = await approvedTool(here, {
  annotations: { ...CAUTIOUS_ANNOTATIONS, idempotentHint: true },
})

let release = Promise.withResolvers<void>()
const sandbox = new ScriptedSandbox(async () => {
  await release.promise
  return ended(ok('done'))
})
const one = startEngine(here, sandbox)
const other = startEngine(there, sandbox)
afterAll(async () => {
  await one.engine[Symbol.asyncDispose]()
  await other.engine[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})
beforeEach(() => {
  release = Promise.withResolvers()
  sandbox.asked.length = 0
})

/** Asks for an operation and begins to read it, as a door does for a client. */
async function open(engine: OperationEngine, request: CallRequest, as: Principal = ALICE) {
  const opId = await engine.submit(as, request, 'request-1')
  const reader = new AbortController()
  const events = engine.follow(as, opId, 0, reader.signal)
  expect((await events.next()).value).toEqual({ type: 'accepted', op_id: opId })
  return {
    opId,
    /** The connection breaks, and nobody says why. */
    async lose() {
      reader.abort()
      await events.return(undefined)
    },
  }
}

/** The same call, asked for anew as clients do: under another id. */
const again = (request: CallRequest): CallRequest => ({ ...request, op_id: randomUUID() as OpId })

async function endsOf(...opIds: OpId[]) {
  release.resolve()
  for (const opId of new Set(opIds))
    expect(await endOf(one.engine, opId, ALICE)).toMatchObject({
      result: { structuredContent: { result: 'done' } },
    })
}

test('a call whose stream broke goes on, when its client asks again at another replica', async () => {
  const request = callOf(wire, { city: 'Bern' })
  const first = await open(one.engine, request)
  await first.lose()
  const second = await open(other.engine, again(request))
  expect(second.opId).toBe(first.opId)
  await endsOf(second.opId)
  expect(sandbox.asked).toHaveLength(1)
})

test('so does one with odd text in its arguments', async () => {
  const request = callOf(wire, { city: 'a\0b\ud800' })
  const first = await open(one.engine, request)
  await first.lose()
  const second = await open(other.engine, again(request))
  expect(second.opId).toBe(first.opId)
  await endsOf(second.opId)
})

test('so does one whose reader vanished together with its replica', async () => {
  const request = callOf(wire, { city: 'Chur' })
  const first = await open(one.engine, request)
  await here.db.execute(
    sql`update operations set attended_until = now() - interval '1 second' where op_id = ${first.opId}`,
  )
  const second = await open(other.engine, again(request))
  expect(second.opId).toBe(first.opId)
  await endsOf(second.opId)
})

test('so does one whose end nobody was there to hear', async () => {
  const request = callOf(wire, { city: 'Biel' })
  const first = await endUnheard(request)
  const second = await open(other.engine, again(request))
  expect(second.opId).toBe(first)
  await endsOf(first)
  expect(sandbox.asked).toHaveLength(1)
})

test('a call that took up a lost one is the same call when it is sent twice', async () => {
  const request = callOf(wire, { city: 'Brig' })
  const first = await lost(request)
  const second = again(request)
  // Nobody is told: the connection breaks before that, and its replica is taken to be there still.
  expect(await one.engine.submit(ALICE, second, 'request-1')).toBe(first)
  expect(await other.engine.submit(ALICE, second, 'request-1')).toBe(first)
  release.resolve()
  await expect.poll(async () => (await here.stores.operations.get(first))?.state).toBe('done')
  expect(await other.engine.submit(ALICE, second, 'request-1')).toBe(first)
  expect(sandbox.asked).toHaveLength(1)
})

test('of two that ask again at once, one takes it up and the other runs anew', async () => {
  const request = callOf(wire, { city: 'Basel' })
  const first = await open(one.engine, request)
  await first.lose()
  const [a, b] = await Promise.all([
    open(one.engine, again(request)),
    open(other.engine, again(request)),
  ])
  expect([a.opId, b.opId].filter((opId) => opId === first.opId)).toHaveLength(1)
  await endsOf(a.opId, b.opId)
  expect(sandbox.asked).toHaveLength(2)
})

test('what was taken up can be lost and taken up again', async () => {
  const request = callOf(wire, { city: 'Sion' })
  const first = await open(one.engine, request)
  await first.lose()
  await (await open(other.engine, again(request))).lose()
  const third = await open(one.engine, again(request))
  expect(third.opId).toBe(first.opId)
  await endsOf(third.opId)
})

const lost = async (request: CallRequest) => {
  const first = await open(one.engine, request)
  await first.lose()
  return first.opId
}
/** Of a call of which nobody heard the end, until somebody asked again. */
const endUnheard = async (request: CallRequest) => {
  const first = await lost(request)
  release.resolve()
  await expect.poll(async () => (await here.stores.operations.get(first))?.state).toBe('done')
  return first
}
const hearInTheEnd = async (request: CallRequest) => {
  await endUnheard(request)
  const second = await open(one.engine, again(request))
  expect(second.opId).toBe(request.op_id)
}
const readInTheEnd = async (request: CallRequest) => {
  await endUnheard(request)
  expect(await endOf(other.engine, request.op_id, ALICE)).toMatchObject({ type: 'result' })
}
const endLongAgo = async (request: CallRequest) => {
  const first = await endUnheard(request)
  await here.db.execute(
    sql`update operations set finished_at = now() - interval '61 seconds' where op_id = ${first}`,
  )
}
const endHeard = async (request: CallRequest) => {
  await open(one.engine, request)
  await endsOf(request.op_id)
}
const cancel = async (request: CallRequest) => one.engine.cancel(ALICE, await lost(request))
const park = async (request: CallRequest) => one.engine.park(ALICE, await lost(request))
/** Follows the operation at a replica for a while, as somebody who waits for it does. */
async function visit(engine: OperationEngine, opId: OpId) {
  const reader = new AbortController()
  const events = engine.follow(ALICE, opId, 0, reader.signal)
  await events.next()
  return async () => {
    reader.abort()
    await events.return(undefined)
  }
}
const loseAtOneOfTwo = async (request: CallRequest) => {
  const first = await open(one.engine, request)
  await visit(other.engine, request.op_id)
  await first.lose()
}
const parkAndWait = async (request: CallRequest) => {
  await park(request)
  await (
    await visit(other.engine, request.op_id)
  )()
}

test.each<[string, (request: CallRequest) => Promise<unknown>, Partial<CallRequest>?, Principal?]>([
  ['while the first is still read', (request) => open(one.engine, request)],
  ['after the first was cancelled', cancel],
  ['when the client was told how to come back for the first', park],
  ['when the client came back for the first and left again', parkAndWait],
  ['after somebody heard the end of the first', endHeard],
  ['after the end of the first was heard when it was asked for again', hearInTheEnd],
  ['after its end was read by who knew it', readInTheEnd],
  ['when the first ended long ago, though nobody heard', endLongAgo],
  ['with other arguments', lost, { params: { name: wire, arguments: { city: 'Thun' } } }],
  ['in the era in which streams are resumed', lost, { era: 'legacy' }],
  ['by somebody else', lost, {}, BOB],
  ['by another client', lost, { client: { name: 'another', version: '1' } }],
  ['while it is read at another replica than the one it was lost at', loseAtOneOfTwo],
])('an equal call runs anew %s', async (_when, before, change = {}, as = ALICE) => {
  const request = callOf(wire, { city: randomUUID() })
  await before(request)
  const second = await open(other.engine, { ...again(request), ...change }, as)
  expect(second.opId).not.toBe(request.op_id)
  release.resolve()
  await endOf(other.engine, second.opId, as)
  expect(sandbox.asked).toHaveLength(2)
})

test('a call that is cancelled while it is asked for again runs anew', async () => {
  const request = callOf(wire, { city: 'Zug' })
  const first = await lost(request)
  const second = again(request)
  const submitted = await here.db.transaction(async (tx) => {
    await tx.execute(sql`update operations set cancelled_at = now() where op_id = ${first}`)
    const submitting = other.engine.submit(ALICE, second, 'request-1')
    const waiting = sql`select 1 from pg_locks where not granted
      and pg_backend_pid() = any(pg_blocking_pids(pid))`
    await expect.poll(async () => tx.execute(waiting)).toMatchObject({ rows: [{}] })
    return { submitting }
  })
  expect(await submitted.submitting).toBe(second.op_id)
  await endsOf(second.op_id)
})

test('a reader that could not be noted is not counted', async () => {
  const request = callOf(wire, { city: 'Visp' })
  const first = await lost(request)
  const refusing = sql.raw(
    `alter table operations add constraint refusing check (attended_by <> '${other.owner}') not valid`,
  )
  await here.db.execute(refusing)
  await expect(visit(other.engine, first)).rejects.toMatchObject({
    cause: { constraint: 'refusing' },
  })
  await here.db.execute(sql`alter table operations drop constraint refusing`)
  await (
    await visit(other.engine, first)
  )()
  const second = await open(one.engine, again(request))
  expect(second.opId).toBe(first)
  await endsOf(first)
})

test('a tool that is marked idempotent runs anew', async () => {
  const request = callOf(idempotent.wire, { city: 'Bern' })
  const first = await lost(request)
  const second = await open(other.engine, again(request))
  expect(second.opId).not.toBe(first)
  await endsOf(first, second.opId)
  expect(sandbox.asked).toHaveLength(2)
})

test('a request that is only sent twice keeps its own operation', async () => {
  const request = callOf(wire, { city: 'Bern' })
  const elder = await lost(request)
  const own = { ...again(request), era: 'legacy' as const }
  const first = await open(one.engine, own)
  await first.lose()
  const second = await open(other.engine, { ...own, era: 'modern' })
  expect(second.opId).toBe(own.op_id)
  await endsOf(elder, second.opId)
})

test('somebody else’s operation cannot be parked', async () => {
  const { opId } = await open(one.engine, callOf(wire))
  await expect(other.engine.park(BOB, opId)).rejects.toMatchObject({
    problem: { code: 'operation_unknown' },
  })
  await endsOf(opId)
})

test('nothing of all this was a fault of MCPbox', () => {
  expect([...one.faults, ...other.faults]).toEqual([])
})
