import {
  abortAllDurableObjects,
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { SessionIds } from '#gateway/legacy/session-id.ts'
import { answerOf } from '#gateway/testing/answers.ts'
import { call, rpc } from '#gateway/testing/posts.ts'
import { openSession as open, sessionOf } from '#gateway/testing/session.ts'
import { readStream } from '#gateway/testing/stream-reader.ts'
import {
  cancelledOf,
  changeCatalogOf,
  feedOf,
  gate,
  loseOriginOf,
  operationsOf,
  seenOf,
  somebody,
  type Somebody,
} from '../../testing/outside.ts'
import { TEST_BINDINGS } from '../../testing/test-bindings.ts'

const openSession = (who: Somebody) => open({ handle: who.send }, who.principal)

async function objectOf(sessionId: string, { principal }: Somebody) {
  const ids = new SessionIds(TEST_BINDINGS.SESSION_KEY, Date.now)
  const claims = await ids.verify(sessionId, principal)
  return env.SESSIONS.getByName(claims?.id ?? '')
}

test('the handshake makes no object; the first exchange in the session does', async () => {
  const before = (await listDurableObjectIds(env.SESSIONS)).length
  const alice = await somebody()
  const session = await openSession(alice)
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
  expect((await session.post(initialized)).status).toBe(202)
  expect(await listDurableObjectIds(env.SESSIONS)).toHaveLength(before)
  await session.post(rpc(1, 'ping'))
  expect(await listDurableObjectIds(env.SESSIONS)).toHaveLength(before + 1)
})

test('a session goes on after its object was evicted', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  await answerOf(await session.post(call(1, 'echo', { n: 1 })))
  await evictDurableObject(await objectOf(session.id, alice))
  const answer = await answerOf(await session.post(call(2, 'echo', { n: 2 })))
  expect(answer.result).toMatchObject({ structuredContent: { n: 2 } })
})

test('the origin is told from which address a call came, by way of the object too', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  await answerOf(await session.post(call(1, 'echo'), { 'cf-connecting-ip': '203.0.113.7' }))
  expect((await operationsOf(alice)).started).toMatchObject([{ address: '203.0.113.7' }])
})

test('a call that says nothing goes on when its object is reset in the middle of it', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  const slow = gate()
  const calling = session.post(call(1, 'hold', slow.arguments))
  await slow.started()
  await abortAllDurableObjects()
  const posts = async () =>
    (await seenOf(alice)).filter(({ claims }) => claims.pth === '/operations')
  await vi.waitFor(async () => expect(await posts()).toHaveLength(2))
  await slow.release()
  expect((await answerOf(await calling)).result).toMatchObject({
    content: [{ text: JSON.stringify(slow.arguments) }],
  })
  // It was asked for again as what it is, under its id.
  expect(new Set((await posts()).map(({ claims }) => claims.bdg)).size).toBe(1)
})

test('a call that has said something goes on when its object is reset, and says nothing twice', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  const slow = gate()
  const args = { ...slow.arguments, says: 2 }
  const stream = readStream(await session.post(call(1, 'hold', args, { progressToken: 'mine' })))
  await stream.until(/"progress":2/)
  await abortAllDurableObjects()
  const events = async () =>
    (await seenOf(alice)).filter(({ claims }) => claims.pth.includes('/events?'))
  await vi.waitFor(async () => expect(await events()).toHaveLength(1))
  await slow.release()
  await stream.end()
  expect(stream.messages()).toMatchObject([
    { params: { progress: 1 } },
    { params: { progress: 2 } },
    { id: 1, result: expect.anything() },
  ])
})

test('an ended session stays ended after its object was evicted', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  expect((await session.end()).status).toBe(204)
  await evictDurableObject(await objectOf(session.id, alice))
  const response = await session.post(rpc(1, 'ping'))
  expect(response.status).toBe(404)
  expect((await answerOf(response)).error?.data).toEqual({ code: 'session_unknown' })
})

test('the record is removed when the id is too old to need it', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  await session.end()
  expect(await runDurableObjectAlarm(await objectOf(session.id, alice))).toBe(true)
  expect((await session.post(rpc(1, 'ping'))).status).toBe(200)
})

test('the session of somebody else is unknown, and no object is touched', async () => {
  const { id } = await openSession(await somebody())
  const bob = await openSession(await somebody())
  const before = (await listDurableObjectIds(env.SESSIONS)).length
  const response = await bob.post(rpc(1, 'ping'), { 'mcp-session-id': id })
  expect(response.status).toBe(404)
  expect(await listDurableObjectIds(env.SESSIONS)).toHaveLength(before)
})

test('the same JSON-RPC id twice at once gets two answers', async () => {
  const session = await openSession(await somebody())
  const slow = gate()
  const first = session.post(call(1, 'hold', slow.arguments))
  await slow.started()
  const second = await answerOf(await session.post(call(1, 'echo', { who: 'second' })))
  await slow.release()
  expect(second.result).toMatchObject({ structuredContent: { who: 'second' } })
  expect((await answerOf(await first)).result).toMatchObject({
    content: [{ text: JSON.stringify(slow.arguments) }],
  })
})

test('a cancellation meets its call, though it comes by another request', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  const slow = gate()
  const calling = session.post(call(7, 'hold', slow.arguments))
  await slow.started()
  const method = 'notifications/cancelled'
  await session.post({ jsonrpc: '2.0', method, params: { requestId: 7 } })
  expect(await (await calling).text()).not.toContain('result')
  const { started, cancelled } = await cancelledOf(alice)
  expect(cancelled).toEqual(started)
})

test('a session’s stream tells of a changed catalog', async () => {
  const alice = await somebody()
  const stream = readStream(await (await openSession(alice)).get())
  await stream.until(/open/)
  await feedOf(alice)
  await changeCatalogOf(alice)
  expect(await stream.until(/list_changed/)).toContain('notifications/tools/list_changed')
  await stream.leave()
})

test('a client that listens leaves the object asleep, and hears the news all the same', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  const stream = readStream(await session.get())
  await feedOf(alice)
  // What the object itself streamed would break with it.
  await evictDurableObject(await objectOf(session.id, alice))
  await changeCatalogOf(alice)
  expect(await stream.until(/list_changed/)).toContain('notifications/tools/list_changed')
  await stream.leave()
})

test('the stream of an ended session ends with the next news, and tells none of it', async () => {
  const alice = await somebody()
  const session = await openSession(alice)
  const stream = readStream(await session.get())
  await feedOf(alice)
  await session.end()
  await evictDurableObject(await objectOf(session.id, alice))
  await changeCatalogOf(alice)
  expect(await stream.end()).not.toContain('list_changed')
})

test('a refusal of the origin is an answer in the session, not a failure of the Worker', async () => {
  const alice = await somebody()
  const about = {
    protocolVersion: '2025-11-25',
    capabilities: 0,
    client: { name: 'tests', version: '1.0.0' },
  }
  const id = await new SessionIds(TEST_BINDINGS.SESSION_KEY, Date.now).issue(about, alice.principal)
  await loseOriginOf(alice)
  const response = await sessionOf(id, { handle: alice.send }, alice.principal).post(
    rpc(1, 'tools/list'),
  )
  expect(response.status).toBe(200)
  expect(await answerOf(response)).toMatchObject({
    id: 1,
    error: { data: { code: 'origin_unreachable' } },
  })
})
