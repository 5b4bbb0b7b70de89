import { expect, test, vi } from 'vitest'
import { OriginRefusal } from '../origin.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { modernPost } from '../testing/posts.ts'
import { readStream } from '../testing/stream-reader.ts'
import { echo } from '../testing/tools.ts'

const listen = () =>
  modernPost('subscriptions/listen', { notifications: { toolsListChanged: true } })

test('subscriptions/listen acknowledges first, then tells of a changed catalog', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const stream = readStream(await gateway.handle(listen(), ALICE))
  await stream.until(/acknowledged/)
  await vi.waitUntil(() => origin.feeds === 1)
  origin.changeCatalog()
  await stream.until(/list_changed/)
  const subscription = { 'io.modelcontextprotocol/subscriptionId': 1 }
  expect(stream.messages()).toMatchObject([
    {
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true }, _meta: subscription },
    },
    { method: 'notifications/tools/list_changed', params: { _meta: subscription } },
  ])
  await stream.leave()
})

test('a subscriber that leaves lets go of the change feed', async () => {
  const { gateway, origin, deferred } = mountGateway({ echo })
  const stream = readStream(await gateway.handle(listen(), ALICE))
  await stream.until(/acknowledged/)
  await vi.waitUntil(() => origin.feeds === 1)
  await stream.leave()
  await Promise.all(deferred)
  expect(origin.feeds).toBe(0)
})

test('a stream that has lost many feeds ends, so that its client subscribes anew', async () => {
  const { gateway, origin } = mountGateway({ echo }, { times: { changesRetryMs: 0 } })
  origin.refusal = new OriginRefusal({ code: 'origin_unreachable', message: 'Nobody is there.' })
  expect(await readStream(await gateway.handle(listen(), ALICE)).end()).toContain('acknowledged')
})
