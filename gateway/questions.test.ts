import { expect, test } from 'vitest'
import type { AskReplies } from '#contract/asks.ts'
import { OriginRefusal } from './origin.ts'
import { answerOf, eventsIn } from './testing/answers.ts'
import { ALICE, BOB, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost } from './testing/posts.ts'
import type { ScriptedTool } from './testing/scripted-program.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'

const NAME = { message: 'Who?', requestedSchema: { type: 'object', properties: {} } }
const asksName = { key: 'user_name', method: 'elicitation/create', params: NAME } as const
const asksRoots = { key: 'roots', method: 'roots/list', params: {} } as const

const said = (replies: AskReplies['replies'] | undefined) => ({
  content: [{ type: 'text', text: JSON.stringify(replies) }],
})

/** Asks for a name and says what it was told. */
const greeter: ScriptedTool = async function* () {
  return said(yield { type: 'asks', asks: [asksName] })
}
/** Asks for a name, then for the same under the same key. */
const twice: ScriptedTool = async function* () {
  const first = yield { type: 'asks', asks: [asksName] }
  const second = yield { type: 'asks', asks: [asksName] }
  return said([...(first ?? []), ...(second ?? [])])
}
const curious: ScriptedTool = async function* () {
  return said(yield { type: 'asks', asks: [asksName, asksRoots] })
}

function textOf(result: Record<string, unknown> | undefined): Record<string, unknown>[] {
  const [block] = (result?.['content'] ?? []) as { text: string }[]
  return JSON.parse(block?.text ?? 'null')
}

const ANSWER = { action: 'accept', content: { name: 'Ada' } }
const FORMS = { elicitation: {} }
const META = { _meta: { 'io.modelcontextprotocol/clientCapabilities': FORMS } }

function modern(name: string, params: object = {}) {
  return modernPost('tools/call', { name, arguments: {}, ...META, ...params })
}

test('legacy: a question comes on the call’s own stream, and its answer by another post', async () => {
  const { gateway } = mountGateway({ greeter })
  const session = await openSession(gateway, ALICE, FORMS)
  const stream = readStream(await session.post(call(1, 'greeter')))
  await stream.until(/elicitation/)
  const [question] = stream.messages()
  expect(question).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } })
  await session.post({ jsonrpc: '2.0', id: question?.id, result: ANSWER })
  await stream.until(/"result"/)
  expect(textOf(stream.messages().at(-1)?.result)).toEqual([{ key: 'user_name', result: ANSWER }])
})

test('legacy: an error of the client reaches the tool that asked', async () => {
  const { gateway } = mountGateway({ greeter })
  const session = await openSession(gateway, ALICE, FORMS)
  const stream = readStream(await session.post(call(1, 'greeter')))
  await stream.until(/elicitation/)
  const id = stream.messages()[0]?.id
  await session.post({ jsonrpc: '2.0', id, error: { code: -1, message: 'no form here' } })
  await stream.until(/"result"/)
  expect(textOf(stream.messages().at(-1)?.result)).toMatchObject([
    { key: 'user_name', error: { code: -1, message: expect.stringContaining('no form here') } },
  ])
})

test.each(['legacy', 'modern'])(
  '%s: a client that cannot be asked is not asked, and the tool hears so',
  async (era) => {
    const { gateway } = mountGateway({ greeter })
    const response =
      era === 'legacy'
        ? await (await openSession(gateway, ALICE)).post(call(1, 'greeter'))
        : await gateway.handle(modernPost('tools/call', { name: 'greeter', arguments: {} }), ALICE)
    expect(textOf((await answerOf(response)).result)).toMatchObject([
      { key: 'user_name', error: { code: -32021 } },
    ])
  },
)

test('modern: a question is an answer, and the repeated request gets the result', async () => {
  const { gateway, origin } = mountGateway({ greeter })
  const first = await answerOf(await gateway.handle(modern('greeter'), ALICE))
  expect(first.result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { user_name: { method: 'elicitation/create', params: NAME } },
  })
  const requestState = first.result?.['requestState']
  const again = modern('greeter', { requestState, inputResponses: { user_name: ANSWER } })
  const second = await answerOf(await gateway.handle(again, ALICE))
  expect(second.result).toMatchObject({ resultType: 'complete' })
  expect(textOf(second.result)).toEqual([{ key: 'user_name', result: ANSWER }])
  expect(origin.operations).toHaveLength(1)
  expect(origin.cancelled).toEqual([])
})

test('modern: a tool that needs what the client cannot give is a mistake of the client', async () => {
  const needy: ScriptedTool = async function* () {
    yield { type: 'asks', asks: [asksName] }
    throw new OriginRefusal({ code: 'capability_missing', message: 'The client cannot be asked.' })
  }
  const { gateway } = mountGateway({ needy })
  const response = await gateway.handle(
    modernPost('tools/call', { name: 'needy', arguments: {} }),
    ALICE,
  )
  expect(response.status).toBe(400)
  expect((await answerOf(response)).error).toMatchObject({
    code: -32021,
    data: { requiredCapabilities: { elicitation: {} } },
  })
})

test('modern: a tool may ask again, under a new state', async () => {
  const { gateway } = mountGateway({ twice })
  const ask = async (params: object) =>
    (await answerOf(await gateway.handle(modern('twice', params), ALICE))).result
  const inputResponses = { user_name: ANSWER }
  const first = await ask({})
  const second = await ask({ inputResponses, requestState: first?.['requestState'] })
  expect(second?.['requestState']).not.toBe(first?.['requestState'])
  const third = await ask({ inputResponses, requestState: second?.['requestState'] })
  expect(textOf(third)).toHaveLength(2)
})

test('modern: only what the client can answer is asked; the rest is answered by that', async () => {
  const { gateway } = mountGateway({ curious })
  const { result } = await answerOf(await gateway.handle(modern('curious'), ALICE))
  expect(Object.keys(result?.['inputRequests'] as object)).toEqual(['user_name'])
  const requestState = result?.['requestState']
  const inputResponses = { user_name: ANSWER, roots: { roots: [] } }
  const again = modern('curious', { requestState, inputResponses })
  const replies = textOf((await answerOf(await gateway.handle(again, ALICE))).result)
  expect(replies).toMatchObject([
    { key: 'roots', error: { code: -32021 } },
    { key: 'user_name', result: ANSWER },
  ])
})

test('modern: what a client answers before it is asked is not asked', async () => {
  const { gateway } = mountGateway({ greeter, twice })
  const inputResponses = { user_name: ANSWER, other: { action: 'accept' } }
  const ask = async (name: string) =>
    (await answerOf(await gateway.handle(modern(name, { inputResponses }), ALICE))).result
  expect(textOf(await ask('greeter'))).toEqual([{ key: 'user_name', result: ANSWER }])
  expect(textOf(await ask('twice'))).toHaveLength(2)
})

test('modern: a missing answer is asked for again, and loses nothing', async () => {
  const { gateway, origin } = mountGateway({ greeter })
  const first = (await answerOf(await gateway.handle(modern('greeter'), ALICE))).result
  const requestState = first?.['requestState']
  const wrong = modern('greeter', { requestState, inputResponses: { other: ANSWER } })
  const second = (await answerOf(await gateway.handle(wrong, ALICE))).result
  expect(second).toMatchObject({
    resultType: 'input_required',
    inputRequests: first?.['inputRequests'],
  })
  const right = modern('greeter', {
    requestState: second?.['requestState'],
    inputResponses: { user_name: ANSWER },
  })
  expect((await answerOf(await gateway.handle(right, ALICE))).result).toMatchObject({
    resultType: 'complete',
  })
  expect(origin.operations).toHaveLength(1)
})

test('modern: a call that waits for its client goes on when the stream of the question is gone', async () => {
  const { gateway, deferred, origin } = mountGateway({ greeter }, { times: { graceMs: 0 } })
  const stream = readStream(await gateway.handle(modern('greeter'), ALICE))
  const [first] = eventsIn(await stream.until(/requestState/))
  await stream.leave()
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([])
  const requestState = first?.result?.['requestState']
  const again = modern('greeter', { requestState, inputResponses: { user_name: ANSWER } })
  const second = await answerOf(await gateway.handle(again, ALICE))
  expect(textOf(second.result)).toEqual([{ key: 'user_name', result: ANSWER }])
})

test.each([
  ['tampered with', (state: string) => `${state}x`, 'greeter', ALICE, {}],
  ['of somebody else', (state: string) => state, 'greeter', BOB, {}],
  ['of another tool', (state: string) => state, 'twice', ALICE, {}],
  ['of other arguments', (state: string) => state, 'greeter', ALICE, { arguments: { a: 1 } }],
  ['made up', () => 'v1.e30.AAAA', 'greeter', ALICE, {}],
])('modern: a state %s is refused', async (_how, change, name, who, params) => {
  const { gateway, origin } = mountGateway({ greeter, twice })
  const first = (await answerOf(await gateway.handle(modern('greeter'), ALICE))).result
  const requestState = change(String(first?.['requestState']))
  const inputResponses = { user_name: ANSWER }
  const again = modern(name, { requestState, inputResponses, ...params })
  expect((await answerOf(await gateway.handle(again, who))).error).toMatchObject({
    code: -32602,
    data: { code: 'invalid_arguments' },
  })
  expect(origin.operations).toHaveLength(1)
})

test('legacy: an operation that ends while a question stands is answered at once', async () => {
  const { gateway, origin } = mountGateway({})
  origin.operate = async function* (_as, request) {
    yield { type: 'accepted', op_id: request.op_id }
    yield { type: 'asks', seq: 1, asks: [asksName] }
    yield { type: 'result', seq: 2, result: { content: [{ type: 'text', text: 'gave up' }] } }
  }
  const session = await openSession(gateway, ALICE, FORMS)
  const stream = readStream(await session.post(call(1, 'greeter')))
  await stream.end()
  expect(stream.messages().at(-1)).toMatchObject({
    id: 1,
    result: { content: [{ text: 'gave up' }] },
  })
})

/** An origin that takes no answers but errors. */
function choosy() {
  const mounted = mountGateway({ greeter })
  const { origin } = mounted
  const take = origin.reply.bind(origin)
  origin.reply = async (as, opId, answer) => {
    if (answer.replies.some((reply) => 'result' in reply))
      throw new OriginRefusal({ code: 'body_too_large', message: 'Too long.' })
    await take(as, opId, answer)
  }
  return mounted
}
const REFUSED = [{ key: 'user_name', error: { message: expect.stringContaining('Too long.') } }]

test('legacy: a tool hears that its client’s answer was refused, and goes on', async () => {
  const session = await openSession(choosy().gateway, ALICE, FORMS)
  const stream = readStream(await session.post(call(1, 'greeter')))
  await stream.until(/elicitation/)
  await session.post({ jsonrpc: '2.0', id: stream.messages()[0]?.id, result: ANSWER })
  await stream.end()
  expect(textOf(stream.messages().at(-1)?.result)).toMatchObject(REFUSED)
})

test('modern: a tool hears that its client’s answer was refused, and goes on', async () => {
  const { gateway } = choosy()
  const first = await answerOf(await gateway.handle(modern('greeter'), ALICE))
  const requestState = first.result?.['requestState']
  const again = modern('greeter', { requestState, inputResponses: { user_name: ANSWER } })
  const second = await answerOf(await gateway.handle(again, ALICE))
  expect(textOf(second.result)).toMatchObject(REFUSED)
})
