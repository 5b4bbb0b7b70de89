import { expect, test, vi } from 'vitest'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { openSession } from '../testing/session.ts'
import { readStream } from '../testing/stream-reader.ts'
import { echo } from '../testing/tools.ts'

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
