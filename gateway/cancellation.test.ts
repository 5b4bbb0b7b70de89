import { expect, test, vi } from 'vitest'
import { OpId } from '#contract/operation.ts'
import { OriginRefusal } from './origin.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost, rpc } from './testing/posts.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { held } from './testing/tools.ts'

const cancelled = (requestId: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
})

test('legacy: a cancelled call ends at the origin and has no answer', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool })
  const session = await openSession(gateway, ALICE)
  const calling = session.post(call(7, 'slow'))
  await slow.started
  expect((await session.post(cancelled(7))).status).toBe(202)
  const response = await calling
  expect(await response.text()).toBe('')
  expect(origin.cancelled).toEqual([origin.operations[0]?.request.op_id])
})

test('legacy: an id that names two calls cancels neither', async () => {
  const a = held()
  const b = held()
  const { gateway, origin } = mountGateway({ a: a.tool, b: b.tool })
  const session = await openSession(gateway, ALICE)
  const calls = [session.post(call(7, 'a')), session.post(call(7, 'b'))]
  await Promise.all([a.started, b.started])
  await session.post(cancelled(7))
  a.release()
  b.release()
  for (const answered of calls) expect(await (await answered).json()).toHaveProperty('result')
  expect(origin.cancelled).toEqual([])
})

test('legacy: another session cannot cancel it', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool })
  const calling = (await openSession(gateway, ALICE)).post(call(7, 'slow'))
  await slow.started
  await (await openSession(gateway, ALICE)).post(cancelled(7))
  slow.release()
  expect(await (await calling).json()).toHaveProperty('result')
  expect(origin.cancelled).toEqual([])
})

test('legacy: a client that leaves cancels nothing', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway({ slow: slow.tool }, { times: { graceMs: 0 } })
  const session = await openSession(gateway, ALICE)
  const stream = readStream(await session.post(call(1, 'slow')))
  await slow.started
  await stream.leave()
  await session.post(rpc(2, 'ping'))
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([])
})

test('modern: closing the stream is the cancellation', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool }, { times: { graceMs: 0 } })
  const request = modernPost('tools/call', { name: 'slow' })
  const stream = readStream(await gateway.handle(request, ALICE))
  await slow.started
  await stream.leave()
  await vi.waitUntil(() => origin.cancelled.length === 1)
  expect(origin.cancelled).toEqual([origin.operations[0]?.request.op_id])
})

test('modern: a stream that had news before it was closed is no different', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({
    slow: async function* (run) {
      yield { type: 'progress', progress: 1 }
      return yield* slow.tool(run)
    },
  })
  const request = modernPost('tools/call', { name: 'slow', _meta: { progressToken: 1 } })
  const stream = readStream(await gateway.handle(request, ALICE))
  await stream.until(/progress/)
  await slow.started
  await stream.leave()
  await vi.waitUntil(() => origin.cancelled.length === 1)
  expect(origin.cancelled).toHaveLength(1)
})

test('modern: a silent call is written to often, for hosts that hear of leaving by that alone', async () => {
  const slow = held()
  const times = { graceMs: 0, keepAliveMs: 60_000, cancelNoticeMs: 1 }
  const { gateway } = mountGateway({ slow: slow.tool }, { times })
  const request = modernPost('tools/call', { name: 'slow' })
  const stream = readStream(await gateway.handle(request, ALICE))
  expect(await stream.until(/keepalive/)).toContain(': open')
  slow.release()
  await stream.end()
  expect(stream.messages()).toMatchObject([{ result: { resultType: 'complete' } }])
})

test('what the origin took up in place of a new operation is what is cancelled', async () => {
  const { gateway, origin } = mountGateway({}, { times: { graceMs: 0, cancelNoticeMs: 1 } })
  const lost = OpId.parse(crypto.randomUUID())
  origin.operate = async function* (_as, _request, signal) {
    yield { type: 'accepted', op_id: lost }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  const request = modernPost('tools/call', { name: 'slow' })
  const stream = readStream(await gateway.handle(request, ALICE))
  await stream.until(/keepalive/)
  await stream.leave()
  await vi.waitUntil(() => origin.cancelled.length === 1)
  expect(origin.cancelled).toEqual([lost])
})

test('an operation that has ended is not cancelled', async () => {
  const slow = held()
  slow.release()
  const { gateway, origin, deferred } = mountGateway({ slow: slow.tool })
  await (await gateway.handle(modernPost('tools/call', { name: 'slow' }), ALICE)).text()
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([])
})

test('a wish to cancel that overtakes its operation is told again', async () => {
  const slow = held()
  const { gateway, origin, faults } = mountGateway({ slow: slow.tool })
  const cancel = origin.cancel.bind(origin)
  let early = 2
  origin.cancel = async (as, opId) => {
    if (early-- > 0) throw new OriginRefusal({ code: 'operation_unknown', message: 'Not yet.' })
    return cancel(as, opId)
  }
  const session = await openSession(gateway, ALICE)
  const calling = session.post(call(7, 'slow'))
  await slow.started
  await session.post(cancelled(7))
  await calling
  await vi.waitUntil(() => origin.cancelled.length === 1)
  expect(faults).toEqual([])
})
