import { expect, test } from 'vitest'
import { OriginRefusal } from './origin.ts'
import { answerOf } from './testing/answers.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, initialize, modernPost, post, rpc } from './testing/posts.ts'
import { echo } from './testing/tools.ts'

const AWAY = new OriginRefusal({
  code: 'origin_unreachable',
  message: 'The origin has been unreachable since noon.',
})

test.each([
  ['legacy', () => post(call(1, 'echo'))],
  ['modern', () => modernPost('tools/call', { name: 'echo' })],
])('%s: a refused call is a result that the assistant can read', async (_era, request) => {
  const { gateway, origin, faults } = mountGateway({ echo })
  origin.refusal = AWAY
  const response = await gateway.handle(request(), ALICE)
  expect(response.status).toBe(200)
  expect((await answerOf(response)).result).toMatchObject({
    isError: true,
    content: [{ type: 'text', text: 'The origin has been unreachable since noon.' }],
    _meta: { 'mcpbox/code': 'origin_unreachable' },
  })
  expect(faults).toEqual([])
})

test.each([
  ['tools/list of a client with sessions', () => post(rpc(1, 'tools/list'))],
  ['initialize', () => post(initialize())],
  ['tools/list of a stateless client', () => modernPost('tools/list')],
  ['server/discover', () => modernPost('server/discover')],
])('%s: without a catalog there is an error with its code', async (_what, request) => {
  const { gateway, origin } = mountGateway({ echo })
  origin.refusal = AWAY
  const response = await gateway.handle(request(), ALICE)
  expect(response.status).toBe(200)
  expect((await answerOf(response)).error).toEqual({
    code: -32000,
    message: 'The origin has been unreachable since noon.',
    data: { code: 'origin_unreachable' },
  })
})

test.each([
  ['legacy', () => post(call(1, 'broken'))],
  ['modern', () => modernPost('tools/call', { name: 'broken' })],
])('%s: an unexpected failure is reported here and not told there', async (_era, request) => {
  const secret = new Error('password=hunter2 at line 7')
  const { gateway, faults } = mountGateway({
    broken: () => {
      throw secret
    },
  })
  const { error } = await answerOf(await gateway.handle(request(), ALICE))
  expect(error).toMatchObject({ code: -32603, data: { code: 'internal' } })
  expect(error?.message).not.toMatch(/hunter2|line 7/)
  expect(faults).toEqual([secret])
})

test('a failure outside of any call is reported and answered too', async () => {
  const { gateway, origin, faults } = mountGateway({ echo })
  const fault = new Error('no catalog, for no good reason')
  origin.catalog = () => Promise.reject(fault)
  const response = await gateway.handle(post(rpc(1, 'tools/list')), ALICE)
  expect(response.status).toBe(500)
  expect(await answerOf(response)).toMatchObject({ id: 1, error: { data: { code: 'internal' } } })
  expect(faults).toEqual([fault])
})
