import { expect, test } from 'vitest'
import { answerOf } from '../testing/answers.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { modernPost, post, rpc } from '../testing/posts.ts'
import { echo } from '../testing/tools.ts'
import { LIST_METHODS } from './lists.ts'

const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`tool_${n}`, echo]))
const { gateway } = mountGateway(many)
const ask = {
  legacy: (method: string, params = {}) => post(rpc(1, method, params)),
  modern: (method: string, params = {}) => modernPost(method, params),
}
const cases = LIST_METHODS.flatMap((method) => [
  ['legacy', method] as const,
  ['modern', method] as const,
])

test.each(cases)('%s: %s is one page, so that no client asks for ever', async (era, method) => {
  const { result } = await answerOf(await gateway.handle(ask[era](method), ALICE))
  expect(result).toBeTypeOf('object')
  expect(result).not.toHaveProperty('nextCursor')
})

test.each(cases)('%s: %s refuses a cursor, as none was given', async (era, method) => {
  const request = ask[era](method, { cursor: 'page 2' })
  const { error } = await answerOf(await gateway.handle(request, ALICE))
  expect(error).toMatchObject({ code: -32602, data: { code: 'invalid_request' } })
})

test('clients that read one page only see every tool', async () => {
  const { result } = await answerOf(await gateway.handle(ask.modern('tools/list'), ALICE))
  expect(result?.['tools']).toHaveLength(500)
})
