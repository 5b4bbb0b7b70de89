import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost, post } from './testing/posts.ts'
import type { ScriptedTool } from './testing/scripted-program.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { held } from './testing/tools.ts'

/** Tools that say nothing for longer than any proxy on the way would bear. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Asks for a name, and says it. */
const greeter: ScriptedTool = async function* () {
  const params = { message: 'Who?', requestedSchema: { type: 'object', properties: {} } }
  const asks = [{ key: 'name', method: 'elicitation/create' as const, params }]
  return { content: [{ type: 'text', text: JSON.stringify(yield { type: 'asks', asks }) }] }
}

const patient = { times: { graceMs: 1_500, patienceMs: () => 200_000 } }

test.each([
  ['legacy', post(call(1, 'slow'))],
  ['modern', modernPost('tools/call', { name: 'slow', arguments: {} })],
])('%s: 100 s of silence have a byte every 15 s, and then the result', async (_era, request) => {
  const slow = held()
  const { gateway } = mountGateway({ slow: slow.tool }, patient)
  const answering = gateway.handle(request, ALICE)
  await slow.started
  await vi.advanceTimersByTimeAsync(1_500)
  const stream = readStream(await answering)
  for (let seconds = 15; seconds <= 105; seconds += 15) {
    await vi.advanceTimersByTimeAsync(15_000)
    await stream.until(new RegExp(`(: keepalive[^]*){${seconds / 15}}`))
  }
  slow.release()
  await stream.end()
  expect(stream.messages()).toMatchObject([{ id: 1, result: { content: [{ text: '{}' }] } }])
  expect(vi.getTimerCount()).toBe(0)
})

test('what nobody could come back for is stopped before clients give up', async () => {
  const endless = held()
  const { gateway, origin } = mountGateway({ endless: endless.tool }, patient)
  const request = modernPost('prompts/get', { name: 'endless' })
  const stream = gateway.handle(request, ALICE)
  await endless.started
  await vi.advanceTimersByTimeAsync(1_500)
  const answered = readStream(await stream)
  await vi.advanceTimersByTimeAsync(230_000)
  await answered.end()
  expect(answered.messages()).toMatchObject([
    { error: { message: 'It was stopped: it took longer than 230 s.' } },
  ])
  expect(origin.cancelled).toEqual([origin.operations[0]?.request.op_id])
})

test('a tool whose client is patient is never cut off by that', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool }, patient)
  const request = modernPost('tools/call', { name: 'slow', arguments: {} })
  const answering = gateway.handle(request, ALICE)
  await slow.started
  await vi.advanceTimersByTimeAsync(1_500)
  const stream = readStream(await answering)
  await vi.advanceTimersByTimeAsync(200_000)
  await stream.end()
  expect(stream.messages()).toMatchObject([
    { result: { content: [{ text: expect.stringContaining('Still running') }] } },
  ])
  expect(origin.cancelled).toEqual([])
})

test('the time that a person takes to answer is not held against the call', async () => {
  const { gateway } = mountGateway({ greeter }, { times: { patienceMs: () => 45_000 } })
  const session = await openSession(gateway, ALICE, { elicitation: {} })
  const stream = readStream(await session.post(call(1, 'greeter')))
  await stream.until(/elicitation/)
  await vi.advanceTimersByTimeAsync(300_000)
  const [question] = stream.messages()
  const answer = { action: 'accept', content: { name: 'Ada' } }
  await session.post({ jsonrpc: '2.0', id: question?.id, result: answer })
  await stream.end()
  expect(stream.messages().at(-1)?.result).toMatchObject({
    content: [{ text: expect.stringContaining('Ada') }],
  })
})
