import {
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { OpId } from '#contract/operation.ts'
import type { Origin } from '#gateway/origin.ts'
import { answerOf, type Message } from '#gateway/testing/answers.ts'
import { call, modernPost } from '#gateway/testing/posts.ts'
import { openSession } from '#gateway/testing/session.ts'
import {
  operationsOf,
  originAwayOf,
  originBackOf,
  originUnheardOf,
  somebody,
  type Somebody,
} from '../../testing/outside.ts'
import { isolate } from '../isolate.ts'

const lineOf = ({ subject }: Somebody) => env.WAITING_CALLS.getByName(subject)

/** What the Worker keeps of a call, without its having been offered first. */
function arrival({ principal }: Somebody, args: object = {}, name = 'note') {
  const opId = OpId.parse(crypto.randomUUID())
  const params = { name, arguments: args }
  const about = { era: 'modern', client: null, deadline_ms: 60_000 } as const
  const request = JSON.stringify({ op_id: opId, method: 'tools/call', params, ...about })
  return { opId, principal, requestId: `request-of-${opId}`, request }
}

const ask = ({ send }: Somebody, name: string, args: object = {}) =>
  send(modernPost('tools/call', { name, arguments: args })).then(answerOf)

function queuedIn({ result }: Message) {
  const meta = result?.['_meta'] as Record<string, { handle: OpId }> | undefined
  return meta?.['mcpbox/queued']
}

function handleIn(message: Message): OpId {
  const handle = queuedIn(message)?.handle
  if (handle === undefined) throw new Error(`It does not wait: ${JSON.stringify(message)}`)
  return handle
}

const alarmOf = (who: Somebody) =>
  runInDurableObject(lineOf(who), (_object, { storage }) => storage.getAlarm())
const storedOf = (who: Somebody) =>
  runInDurableObject(lineOf(who), (_object, { storage }) => [...storage.kv.list()].length)

describe('while the origin is away', () => {
  test('a call waits, is found waiting, and runs once when the origin is back', async () => {
    const alice = await somebody()
    await ask(alice, 'note', { seen: 1 })
    // From here on the Worker knows which tools there are.
    await alice.send(modernPost('tools/list'))
    await originAwayOf(alice)
    const handle = handleIn(await ask(alice, 'note', { later: 1 }))
    expect(handleIn(await ask(alice, 'mcpbox_wait', { handle }))).toBe(handle)
    await originBackOf(alice)
    const { result } = await ask(alice, 'mcpbox_wait', { handle })
    expect(result).toMatchObject({ structuredContent: { later: 1 } })
    const { started, parked } = await operationsOf(alice)
    expect(started.map(({ params }) => params)).toMatchObject([
      { arguments: { seen: 1 } },
      { arguments: { later: 1 } },
    ])
    expect(started[1]?.op_id).toBe(handle)
    expect(parked).toEqual([handle])
  })

  test('a session’s call waits, too, and is found by whoever has its handle', async () => {
    const alice = await somebody()
    const session = await openSession({ handle: alice.send }, alice.principal)
    await originAwayOf(alice)
    const handle = handleIn(await answerOf(await session.post(call(1, 'note', { n: 1 }))))
    expect(handleIn(await ask(alice, 'mcpbox_wait', { handle }))).toBe(handle)
    await originBackOf(alice)
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(true)
    const { started } = await operationsOf(alice)
    expect(started.map(({ params }) => params)).toMatchObject([{ arguments: { n: 1 } }])
  })

  test('a call that arrived unheard is queued under the id it has, and runs once', async () => {
    const alice = await somebody()
    await alice.send(modernPost('tools/list'))
    await originUnheardOf(alice)
    const handle = handleIn(await ask(alice, 'note', { n: 1 }))
    expect((await operationsOf(alice)).started).toHaveLength(1)
    await originBackOf(alice)
    await runDurableObjectAlarm(lineOf(alice))
    const { started, parked } = await operationsOf(alice)
    expect(started.map(({ op_id }) => op_id)).toEqual([handle])
    expect(parked).toEqual([handle])
    const { result } = await ask(alice, 'mcpbox_wait', { handle })
    expect(result).toMatchObject({ structuredContent: { n: 1 } })
  })
})

describe('the line of a principal', () => {
  test('delivers in order, each once, and then stores nothing and never wakes again', async () => {
    const alice = await somebody()
    const calls = [1, 2, 3].map((n) => arrival(alice, { n }))
    for (const one of calls) await lineOf(alice).keep(one)
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(true)
    const { started, parked } = await operationsOf(alice)
    expect(started.map(({ op_id }) => op_id)).toEqual(calls.map(({ opId }) => opId))
    expect(parked).toEqual(calls.map(({ opId }) => opId))
    expect(await alarmOf(alice)).toBeNull()
    expect(await storedOf(alice)).toBe(0)
  })

  test('waits on after an eviction', async () => {
    const alice = await somebody()
    const one = arrival(alice, { n: 1 })
    const kept = await lineOf(alice).keep(one)
    await evictDurableObject(lineOf(alice))
    await originAwayOf(alice)
    expect(await lineOf(alice).find(one.opId)).toEqual({ is: 'waiting', ...kept })
    await evictDurableObject(lineOf(alice))
    await originBackOf(alice)
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(true)
    expect((await operationsOf(alice)).started.map(({ op_id }) => op_id)).toEqual([one.opId])
    expect(await lineOf(alice).find(one.opId)).toBeNull()
  })

  test('sets its alarm again while nobody is there', async () => {
    const alice = await somebody()
    await originAwayOf(alice)
    const one = arrival(alice)
    await lineOf(alice).keep(one)
    for (let n = 0; n < 3; n++) expect(await runDurableObjectAlarm(lineOf(alice))).toBe(true)
    expect(await alarmOf(alice)).toBeGreaterThan(Date.now())
    await originBackOf(alice)
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(true)
    expect((await operationsOf(alice)).parked).toEqual([one.opId])
  })

  test('is not kept from trying by those who ask for a call again and again', async () => {
    const alice = await somebody()
    await originAwayOf(alice)
    const one = arrival(alice)
    await lineOf(alice).keep(one)
    const before = await alarmOf(alice)
    for (let n = 0; n < 10; n++)
      expect(await lineOf(alice).find(one.opId)).toMatchObject({ is: 'waiting' })
    expect(await alarmOf(alice)).toBe(before)
  })

  test('delivers each call once, however many ask for it at the same time', async () => {
    const alice = await somebody()
    const calls = [1, 2, 3].map((n) => arrival(alice, { n }))
    for (const one of calls) await lineOf(alice).keep(one)
    await Promise.all([
      runDurableObjectAlarm(lineOf(alice)),
      ...calls.map(({ opId }) => lineOf(alice).find(opId)),
    ])
    const { parked } = await operationsOf(alice)
    expect(parked).toEqual(calls.map(({ opId }) => opId))
  })

  test('remembers the id of an operation that was taken up in the place of a call', async () => {
    const alice = await somebody()
    const one = arrival(alice)
    await lineOf(alice).keep(one)
    const other = OpId.parse(crypto.randomUUID())
    const delivery: Partial<Origin> = {
      async *operate() {
        yield { type: 'accepted', op_id: other }
      },
      async park() {},
    }
    vi.spyOn(isolate, 'deliveryOf').mockReturnValue(delivery as Origin)
    await runDurableObjectAlarm(lineOf(alice))
    expect(await lineOf(alice).find(one.opId)).toEqual({ is: 'delivered', opId: other })
    vi.restoreAllMocks()
  })

  test('forgets a call that is taken back, and its alarm with it', async () => {
    const alice = await somebody()
    const one = arrival(alice)
    await lineOf(alice).keep(one)
    await lineOf(alice).takeBack(one.opId)
    expect(await lineOf(alice).find(one.opId)).toBeNull()
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(false)
    expect((await operationsOf(alice)).started).toEqual([])
  })

  test('asked for a call that it never had, it stores nothing', async () => {
    const alice = await somebody()
    expect(await lineOf(alice).find(OpId.parse(crypto.randomUUID()))).toBeNull()
    expect(await storedOf(alice)).toBe(0)
    expect(await alarmOf(alice)).toBeNull()
  })

  test('a call that waited for too long never runs, and it says so', async () => {
    const alice = await somebody()
    const one = arrival(alice)
    await lineOf(alice).keep(one)
    await setBack(alice, 24 * 3_600_000)
    const { result } = await ask(alice, 'mcpbox_wait', { handle: one.opId })
    expect(result).toMatchObject({ isError: true, _meta: { 'mcpbox/code': 'call_expired' } })
    await runDurableObjectAlarm(lineOf(alice))
    expect((await operationsOf(alice)).started).toEqual([])
  })

  test('a call that comes when others have left does not wait for these to be forgotten', async () => {
    const alice = await somebody()
    await lineOf(alice).keep(arrival(alice))
    await setBack(alice, 24 * 3_600_000)
    await runDurableObjectAlarm(lineOf(alice))
    const forgetting = (await alarmOf(alice)) ?? 0
    await lineOf(alice).keep(arrival(alice))
    expect(await alarmOf(alice)).toBeLessThan(forgetting - 23 * 3_600_000)
  })

  test('what became of it is forgotten, and then nothing is left', async () => {
    const alice = await somebody()
    await lineOf(alice).keep(arrival(alice))
    await setBack(alice, 24 * 3_600_000)
    await runDurableObjectAlarm(lineOf(alice))
    expect(await storedOf(alice)).toBe(1)
    await setBack(alice, 24 * 3_600_000)
    await runDurableObjectAlarm(lineOf(alice))
    expect(await storedOf(alice)).toBe(0)
    expect(await runDurableObjectAlarm(lineOf(alice))).toBe(false)
  })
})

/** Makes all that a line has stored older, as if that much time had passed. */
function setBack(who: Somebody, ms: number) {
  return runInDurableObject(lineOf(who), (_object, { storage: { kv } }) => {
    const { calls, left, ...rest } = kv.get<Aged>('line') ?? { calls: [], left: [] }
    kv.put('line', {
      ...rest,
      calls: calls.map((one) => ({ ...one, since: one.since - ms, until: one.until - ms })),
      left: left.map((one) => ({ ...one, forgetAt: one.forgetAt - ms })),
    })
  })
}
interface Aged {
  calls: { since: number; until: number }[]
  left: { forgetAt: number }[]
}

test('a Worker on which nobody’s call waits has no such object', async () => {
  const before = (await listDurableObjectIds(env.WAITING_CALLS)).length
  const alice = await somebody()
  await ask(alice, 'note')
  expect(await listDurableObjectIds(env.WAITING_CALLS)).toHaveLength(before)
})
