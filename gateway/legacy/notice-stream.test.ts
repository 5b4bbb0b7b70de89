import { describe, expect, test, vi } from 'vitest'
import { OriginRefusal } from '../origin.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { openSession, sessionOf } from '../testing/session.ts'
import { readStream } from '../testing/stream-reader.ts'
import { echo } from '../testing/tools.ts'
import { memorySessionRecords } from './memory-session-records.ts'

test('the stream opens with a byte at once and tells of a changed catalog', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const session = await openSession(gateway, ALICE)
  const response = await session.get()
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
  const stream = readStream(response)
  await stream.until(/^: open\n\n/)
  await vi.waitUntil(() => origin.feeds === 1)
  origin.changeCatalog()
  await stream.until(/list_changed/)
  expect(stream.messages()).toEqual([
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
  ])
  await stream.leave()
})

test('silence is broken before anybody takes the stream for dead', async () => {
  const { gateway } = mountGateway({ echo }, { times: { keepAliveMs: 1 } })
  const stream = readStream(await (await openSession(gateway, ALICE)).get())
  expect(await stream.until(/(: keepalive\n\n){2}/)).toMatch(/^: open/)
  await stream.leave()
})

test('a second stream takes the place of the first', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const session = await openSession(gateway, ALICE)
  const first = readStream(await session.get())
  const second = readStream(await session.get())
  await first.end()
  await vi.waitUntil(() => origin.feeds === 1)
  origin.changeCatalog()
  expect(await second.until(/list_changed/)).toBeTruthy()
  await second.leave()
})

test('a client that leaves lets go of the change feed', async () => {
  const { gateway, origin, deferred } = mountGateway({ echo })
  const stream = readStream(await (await openSession(gateway, ALICE)).get())
  await stream.until(/open/)
  await vi.waitUntil(() => origin.feeds === 1)
  await stream.leave()
  await Promise.all(deferred)
  expect(origin.feeds).toBe(0)
})

test('a change that happened while the feed was broken is told when it is back', async () => {
  const { gateway, origin } = mountGateway({ echo }, { times: { changesRetryMs: 1 } })
  const stream = readStream(await (await openSession(gateway, ALICE)).get())
  await vi.waitUntil(() => origin.feeds === 1)
  origin.breakFeeds()
  origin.changeCatalog()
  expect(await stream.until(/list_changed/)).toBeTruthy()
  await stream.leave()
})

test('a stream that has lost many feeds ends, so that its client opens a fresh one', async () => {
  const { gateway, origin } = mountGateway({ echo }, { times: { changesRetryMs: 0 } })
  origin.refusal = new OriginRefusal({ code: 'origin_unreachable', message: 'Nobody is there.' })
  const session = await openSession(mountGateway({ echo }).gateway, ALICE)
  const stream = readStream(await sessionOf(session.id, gateway, ALICE).get())
  expect(await stream.end()).toMatch(/^: open/)
})

describe('where sessions sleep while nobody asks them', () => {
  test('a stream that was replaced ends with the next news, and tells none of it', async () => {
    const { gateway, origin } = mountGateway({ echo }, { sleepy: true })
    const session = await openSession(gateway, ALICE)
    const first = readStream(await session.get())
    const second = readStream(await session.get())
    await vi.waitUntil(() => origin.feeds === 2)
    origin.changeCatalog()
    expect(await first.end()).not.toContain('list_changed')
    expect(await second.until(/list_changed/)).toBeTruthy()
    await second.leave()
  })

  test('so does that of a session that has ended', async () => {
    const { gateway, origin } = mountGateway({ echo }, { sleepy: true })
    const session = await openSession(gateway, ALICE)
    const stream = readStream(await session.get())
    await vi.waitUntil(() => origin.feeds === 1)
    await session.end()
    origin.changeCatalog()
    expect(await stream.end()).not.toContain('list_changed')
  })

  test('without news, it ends when it asks', async () => {
    const { gateway, deferred, origin } = mountGateway(
      { echo },
      { sleepy: true, times: { listeningCheckMs: 1 } },
    )
    const session = await openSession(gateway, ALICE)
    const stream = readStream(await session.get())
    await session.end()
    await stream.end()
    await Promise.all(deferred)
    expect(origin.feeds).toBe(0)
  })

  test('a stream whose session cannot be asked now goes on', async () => {
    const records = memorySessionRecords()
    const { gateway, faults } = mountGateway(
      { echo },
      { sleepy: true, records, times: { listeningCheckMs: 1 } },
    )
    const session = await openSession(gateway, ALICE)
    const stream = readStream(await session.get())
    const read = vi.spyOn(records, 'read').mockRejectedValueOnce(new Error('not now'))
    await vi.waitUntil(() => faults.length === 1)
    await vi.waitUntil(() => read.mock.calls.length > 2)
    await session.end()
    await stream.end()
    expect(faults).toEqual([new Error('not now')])
  })
})

test('an ended session is not listened to, and nothing is left of the attempt', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const session = await openSession(gateway, ALICE)
  await session.end()
  expect((await session.get()).status).toBe(404)
  expect(origin.feeds).toBe(0)
})
