import { describe, expect, test } from 'vitest'
import { answerOf } from './testing/answers.ts'
import { mountGateway } from './testing/mounted-gateway.ts'
import { call, ENDPOINT, initialize, modernPost, post, rpc } from './testing/posts.ts'
import { openSession } from './testing/session.ts'
import { echo } from './testing/tools.ts'

const NOBODY = { kind: 'anonymous' } as const

describe('somebody who is let in and not known', () => {
  test('is greeted in both eras, without asking the origin', async () => {
    const { gateway, origin } = mountGateway({ echo })
    origin.catalog = () => Promise.reject(new Error('asked'))
    const legacy = await answerOf(await gateway.handle(post(initialize()), NOBODY))
    expect(legacy.result).toMatchObject({ serverInfo: { name: 'mcpbox' } })
    expect(legacy.result).not.toHaveProperty('instructions')
    const modern = await answerOf(await gateway.handle(modernPost('server/discover'), NOBODY))
    expect(modern.result).toMatchObject({ supportedVersions: ['2026-07-28'] })
  })

  test('may say that it is ready, and ping', async () => {
    const { gateway } = mountGateway({ echo })
    const session = await openSession(gateway, NOBODY)
    const ready = await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' })
    expect(ready.status).toBe(202)
    expect((await answerOf(await session.post(rpc(1, 'ping')))).result).toBeDefined()
  })

  test.each([
    ['legacy list', () => post(rpc(1, 'tools/list'))],
    ['legacy call', () => post(call(1, 'echo'))],
    ['legacy subscription', () => post(rpc(1, 'resources/subscribe', { uri: 'test://a' }))],
    ['modern list', () => modernPost('tools/list')],
    ['modern call', () => modernPost('tools/call', { name: 'echo' })],
    ['modern listening', () => modernPost('subscriptions/listen', { notifications: {} })],
    ['an unknown method', () => post(rpc(1, 'mcpbox/anything'))],
    ['an answer to nothing', () => post({ jsonrpc: '2.0', id: 1, result: {} })],
    ['a stream', () => new Request(ENDPOINT)],
    ['an end', () => new Request(ENDPOINT, { method: 'DELETE' })],
  ])('may nothing else: %s', async (_what, request) => {
    const { gateway, origin } = mountGateway({ echo })
    const response = await gateway.handle(request(), NOBODY)
    expect(response.status).toBe(403)
    expect((await answerOf(response)).error?.data).toEqual({ code: 'sign_in_needed' })
    expect(origin.operations).toEqual([])
  })
})
