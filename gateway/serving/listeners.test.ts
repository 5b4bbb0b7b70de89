import { expect, test } from 'vitest'
import type { Gateway } from '../gateway.ts'
import { answerOf } from '../testing/answers.ts'
import { ALICE, BOB, mountGateway } from '../testing/mounted-gateway.ts'
import { call, modernPost } from '../testing/posts.ts'
import { openSession } from '../testing/session.ts'
import { readStream } from '../testing/stream-reader.ts'
import { echo } from '../testing/tools.ts'
import { Listeners } from './listeners.ts'

const listen = (gateway: Gateway) =>
  gateway.handle(
    modernPost('subscriptions/listen', { notifications: { toolsListChanged: true } }),
    BOB,
  )

test('streams for news are counted over both eras, and one too many is refused', async () => {
  const { gateway } = mountGateway({ echo }, { listeners: new Listeners(2) })
  const session = await openSession(gateway, ALICE)
  const further = await openSession(gateway, ALICE)
  const first = readStream(await session.get())
  const second = readStream(await listen(gateway))
  await second.until(/acknowledged/)
  for (const refused of [await listen(gateway), await further.get()]) {
    expect(refused.status).toBe(503)
    expect((await answerOf(refused)).error).toMatchObject({ data: { code: 'busy' } })
  }
  expect((await answerOf(await further.post(call(1, 'echo')))).result).toBeDefined()

  await second.leave()
  const third = readStream(await further.get())
  await third.until(/open/)
  await first.leave()
  const fourth = readStream(await listen(gateway))
  await fourth.until(/acknowledged/)
  await Promise.all([third.leave(), fourth.leave()])
})

test('a session that opens its stream again keeps its place', async () => {
  const { gateway } = mountGateway({ echo }, { listeners: new Listeners(1) })
  const session = await openSession(gateway, ALICE)
  const first = readStream(await session.get())
  const again = readStream(await session.get())
  await first.end()
  expect(await again.until(/open/)).toBeTruthy()
  await again.leave()
})

test('a subscription to nothing takes no place', async () => {
  const { gateway } = mountGateway({ echo }, { listeners: new Listeners(1) })
  const nothing = modernPost('subscriptions/listen', { notifications: {} })
  await (await gateway.handle(nothing, ALICE)).text()
  const stream = readStream(await listen(gateway))
  expect(await stream.until(/acknowledged/)).toContain('toolsListChanged')
  await stream.leave()
})
