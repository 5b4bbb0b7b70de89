import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SessionIds } from '#gateway/legacy/session-id.ts'
import { answerOf } from '#gateway/testing/answers.ts'
import { call, modernPost, rpc } from '#gateway/testing/posts.ts'
import { openSession as open } from '#gateway/testing/session.ts'
import { countedStorage, type Rows } from '../../testing/counted-storage.ts'
import { changeCatalogOf, feedOf, gate, somebody, type Somebody } from '../../testing/outside.ts'
import { readStream } from '#gateway/testing/stream-reader.ts'
import { TEST_BINDINGS } from '../../testing/test-bindings.ts'
import { watchUnfinished, type Unfinished } from '../../testing/unfinished.ts'
import { storedRecord } from './stored-record.ts'

/** An object sleeps only while nothing waits in it (Durable Objects, lifecycle), and is billed until then. */

let unfinished: Unfinished
beforeEach(() => {
  unfinished = watchUnfinished()
})
afterEach(() => unfinished.stop())

const openSession = (who: Somebody) => open({ handle: who.send }, who.principal)

async function objectOf(sessionId: string, { principal }: Somebody) {
  const ids = new SessionIds(TEST_BINDINGS.SESSION_KEY, Date.now)
  const claims = await ids.verify(sessionId, principal)
  return env.SESSIONS.getByName(claims?.id ?? '')
}

/** The keys that an object keeps, and its alarm. */
async function keptBy(sessionId: string, who: Somebody) {
  return runInDurableObject(await objectOf(sessionId, who), async (_object, { storage }) => ({
    keys: [...storage.kv.list()].map(([key]) => key),
    alarm: await storage.getAlarm(),
  }))
}

function waiting() {
  return { timers: unfinished.timers, fetches: unfinished.fetches }
}
const NOTHING = { timers: 0, fetches: 0 }

const counting = () => call(1, 'counting', {}, { progressToken: 'p' })

/** Exchanges, each read to its end. */
const EXCHANGES: Record<string, (who: Somebody) => Promise<void>> = {
  async 'a tool call'(who) {
    await answerOf(await (await openSession(who)).post(call(1, 'echo')))
  },
  async 'one that streams'(who) {
    await (await (await openSession(who)).post(counting())).text()
  },
  async 'one that is cancelled'(who) {
    const session = await openSession(who)
    const slow = gate()
    const calling = session.post(call(1, 'hold', slow.arguments))
    await slow.started()
    const method = 'notifications/cancelled'
    await session.post({ jsonrpc: '2.0', method, params: { requestId: 1 } })
    await (await calling).text()
  },
  async 'one that is resumed'(who) {
    const session = await openSession(who)
    const said = await (await session.post(counting())).text()
    const id = /^id: (\S+)$/m.exec(said)?.[1]
    if (id === undefined) throw new Error('The call cannot be resumed')
    await (await session.get({ 'last-event-id': id })).text()
  },
  async 'settings, a ping and the end'(who) {
    const session = await openSession(who)
    await answerOf(await session.post(rpc(1, 'ping')))
    await answerOf(await session.post(rpc(2, 'logging/setLevel', { level: 'error' })))
    await session.end()
  },
  async 'a call of the modern era'(who) {
    await (await who.send(modernPost('tools/call', { name: 'counting' }))).text()
  },
}

describe('when its exchange is over, nothing waits: neither a timer nor a request', () => {
  test.each(Object.entries(EXCHANGES))('after %s', async (_what, exchange) => {
    await exchange(await somebody())
    await expect.poll(waiting).toEqual(NOTHING)
  })

  test('and while a call runs, that is seen', async () => {
    const session = await openSession(await somebody())
    const slow = gate()
    const calling = session.post(call(1, 'hold', slow.arguments))
    await slow.started()
    expect(unfinished.fetches).toBe(1)
    expect(unfinished.timers).toBeGreaterThan(0)
    await slow.release()
    await answerOf(await calling)
    await expect.poll(waiting).toEqual(NOTHING)
  })

  test('after a stream for news, which waits outside of the object, and only while it is open', async () => {
    const alice = await somebody()
    const session = await openSession(alice)
    const stream = readStream(await session.get())
    await feedOf(alice)
    expect(unfinished.fetches).toBe(1)
    await changeCatalogOf(alice)
    await stream.until(/list_changed/)
    await stream.leave()
    await expect.poll(waiting).toEqual(NOTHING)
  })

  test('and whoever leaves such a stream is no reason to note that the origin is away', async () => {
    const alice = await somebody()
    const stream = readStream(await (await openSession(alice)).get())
    await feedOf(alice)
    await stream.leave()
    await expect.poll(waiting).toEqual(NOTHING)
    const origin = env.EDGE_MEMORY.getByName('origin')
    const keys = (storage: DurableObjectStorage) => [...storage.kv.list()].map(([key]) => key)
    expect(await runInDurableObject(origin, (_, { storage }) => keys(storage))).toEqual([])
  })
})

describe('rows', () => {
  test('a session that settles nothing writes none', async () => {
    const alice = await somebody()
    const session = await openSession(alice)
    await answerOf(await session.post(call(1, 'echo')))
    const stream = readStream(await session.get())
    await feedOf(alice)
    await changeCatalogOf(alice)
    await stream.until(/list_changed/)
    await stream.leave()
    expect(await keptBy(session.id, alice)).toEqual({ keys: [], alarm: null })
  })

  test('one that settles something writes one row, and an alarm for its expiry', async () => {
    const alice = await somebody()
    const session = await openSession(alice)
    await answerOf(await session.post(rpc(1, 'logging/setLevel', { level: 'error' })))
    const { keys, alarm } = await keptBy(session.id, alice)
    expect(keys).toEqual(['record'])
    expect(alarm).toBeGreaterThan(Date.now())
  })

  test('what changes nothing writes nothing, and the alarm is set once', async () => {
    const alice = await somebody()
    const session = await openSession(alice)
    await answerOf(await session.post(rpc(1, 'ping')))
    const rows: Rows = { read: 0, written: 0 }
    await runInDurableObject(await objectOf(session.id, alice), async (_object, { storage }) => {
      const records = storedRecord(countedStorage(storage, rows))
      const until = Date.now() + 60_000
      const written = async (level: 'error' | 'info') => {
        const before = rows.written
        await records.change('', () => ({ level }), until)
        return rows.written - before
      }
      expect(await written('error')).toBe(2)
      expect(await written('error')).toBe(0)
      expect(await written('info')).toBe(1)
    })
    await evictDurableObject(await objectOf(session.id, alice))
    expect((await keptBy(session.id, alice)).keys).toEqual(['record'])
  })
})
