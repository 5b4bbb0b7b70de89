import { expect, test } from 'vitest'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { call, modernPost, post } from '../testing/posts.ts'
import { readStream } from '../testing/stream-reader.ts'
import { held } from '../testing/tools.ts'
import { lateStream } from './late-stream.ts'

const alive = new AbortController().signal

function options(graceMs: number) {
  const faults: unknown[] = []
  const onFault = (error: unknown) => faults.push(error)
  return { graceMs, keepAliveMs: 1, opening: null, faults, onFault }
}

test('an answer within the grace keeps its status and its form', async () => {
  const refused = Response.json({ no: true }, { status: 400 })
  const response = await lateStream(alive, options(60_000), async () => refused)
  expect(response).toBe(refused)
})

test('a late answer comes as an event, after comments that keep the stream alive', async () => {
  const answer = Promise.withResolvers<Response>()
  const stream = readStream(await lateStream(alive, options(0), () => answer.promise))
  await stream.until(/^: open\n\n(: keepalive\n\n){2}/)
  answer.resolve(Response.json({ jsonrpc: '2.0', id: 1, result: {} }))
  await stream.end()
  expect(stream.messages()).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }])
})

test('a late stream is relayed as it is', async () => {
  const answer = Promise.withResolvers<Response>()
  const stream = readStream(await lateStream(alive, options(0), () => answer.promise))
  const headers = { 'content-type': 'text/event-stream' }
  answer.resolve(new Response('event: message\ndata: {"id":1}\n\n', { headers }))
  expect(await stream.end()).toMatch(/event: message\ndata: \{"id":1\}\n\n$/)
})

test('a stream that breaks on its way is closed and reported', async () => {
  const given = options(0)
  const answer = Promise.withResolvers<Response>()
  const stream = readStream(await lateStream(alive, given, () => answer.promise))
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) })
  answer.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  await stream.end()
  expect(given.faults).toMatchObject([{ message: 'cut' }])
})

test('a reader that leaves aborts what is under way', async () => {
  const aborted = Promise.withResolvers<void>()
  const response = await lateStream(alive, options(0), (signal) => {
    signal.addEventListener('abort', () => aborted.resolve(), { once: true })
    return new Promise<Response>(() => {})
  })
  await readStream(response).leave()
  await expect(aborted.promise).resolves.toBeUndefined()
})

test.each([
  ['legacy', post(call(1, 'slow'))],
  ['modern', modernPost('tools/call', { name: 'slow' })],
])('%s: a call that outlives the grace is answered on the stream', async (_era, request) => {
  const slow = held()
  const { gateway } = mountGateway({ slow: slow.tool }, { times: { graceMs: 0, keepAliveMs: 1 } })
  const response = await gateway.handle(request, ALICE)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const stream = readStream(response)
  await stream.until(/keepalive/)
  slow.release()
  await stream.end()
  expect(stream.messages()).toMatchObject([{ id: 1, result: { content: [{ text: '{}' }] } }])
})
