import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { describe, expect, test } from 'vitest'
import { answerOf } from '../testing/answers.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { call, ENDPOINT } from '../testing/posts.ts'
import type { ScriptedTool } from '../testing/scripted-program.ts'
import { openSession, sessionOf } from '../testing/session.ts'
import { readStream } from '../testing/stream-reader.ts'
import { held } from '../testing/tools.ts'

/** Says that it is half way, waits, says that it is there, and ends. */
function halfway() {
  const gate = held()
  const tool: ScriptedTool = async function* (run) {
    yield { type: 'progress', progress: 1, total: 2 }
    const end = yield* gate.tool(run)
    yield { type: 'progress', progress: 2, total: 2 }
    return end
  }
  return { tool, release: () => gate.release() }
}

interface RunningMeta {
  'mcpbox/running': { handle: string }
}

const idIn = (text: string) => /^id: (\S+)$/m.exec(text)?.[1] ?? ''
const progress = (done: number) => ({
  method: 'notifications/progress',
  params: { progress: done, progressToken: 'mine' },
})
const elicitation = {
  key: 'name',
  method: 'elicitation/create',
  params: { message: 'Who?', requestedSchema: { type: 'object', properties: {} } },
} as const

test('a lost call is gone on with after its last event, wherever the session is now', async () => {
  const { tool, release } = halfway()
  const before = mountGateway({ tool })
  const session = await openSession(before.gateway, ALICE)
  const lost = readStream(await session.post(call(7, 'tool', {}, { progressToken: 'mine' })))
  const lastEventId = idIn(await lost.until(/data: .*\n\n/))
  await lost.leave()

  const after = mountGateway({}, { origin: before.origin })
  const moved = sessionOf(session.id, after.gateway, ALICE)
  const again = readStream(await moved.get({ 'last-event-id': lastEventId }))
  release()
  await again.end()
  expect(lost.messages()).toMatchObject([progress(1)])
  expect(again.messages()).toMatchObject([
    progress(2),
    { id: 7, result: { content: [{ text: '{}' }] } },
  ])
  expect(before.origin.operations).toHaveLength(1)
  expect(before.origin.cancelled).toEqual([])
})

describe('a call that says nothing for long', () => {
  const LATEST = { 'mcp-protocol-version': '2025-11-25' }
  const times = { graceMs: 1 }

  test('is gone on with from the very beginning', async () => {
    const slow = held()
    const before = mountGateway({ tool: slow.tool }, { times })
    const session = await openSession(before.gateway, ALICE)
    const lost = readStream(await session.post(call(7, 'tool'), LATEST))
    const lastEventId = idIn(await lost.until(/^id: .*\ndata:\n\n/m))
    await slow.started
    await lost.leave()

    const after = mountGateway({}, { origin: before.origin })
    const moved = sessionOf(session.id, after.gateway, ALICE)
    const again = readStream(await moved.get({ 'last-event-id': lastEventId }))
    slow.release()
    await again.end()
    expect(again.messages()).toMatchObject([{ id: 7, result: { content: [{ text: '{}' }] } }])
    expect(before.origin.operations).toHaveLength(1)
  })

  test('is waited for under its handle when its client was waiting', async () => {
    const slow = held()
    const hasty = mountGateway({ tool: slow.tool }, { times: { patienceMs: () => 1 } })
    const session = await openSession(hasty.gateway, ALICE)
    const { result } = await answerOf(await session.post(call(7, 'tool')))
    const { handle } = (result!['_meta'] as RunningMeta)['mcpbox/running']
    const { gateway } = mountGateway({}, { origin: hasty.origin, times })
    const moved = sessionOf(session.id, gateway, ALICE)
    const lost = readStream(await moved.post(call(8, 'mcpbox_wait', { handle }), LATEST))
    const lastEventId = idIn(await lost.until(/^id: .*\ndata:\n\n/m))
    await lost.leave()
    const again = readStream(await moved.get({ 'last-event-id': lastEventId }))
    slow.release()
    await again.end()
    expect(again.messages()).toMatchObject([{ id: 8, result: { content: [{ text: '{}' }] } }])
  })

  test('is gone on with again, though the second stream is lost before anything was said', async () => {
    const slow = held()
    const { gateway } = mountGateway({ tool: slow.tool }, { times })
    const session = await openSession(gateway, ALICE)
    const first = readStream(await session.post(call(7, 'tool'), LATEST))
    const lastEventId = idIn(await first.until(/^id: .*\ndata:\n\n/m))
    await slow.started
    await first.leave()
    const second = readStream(await session.get({ 'last-event-id': lastEventId }))
    expect(idIn(await second.until(/^id: .*\ndata:\n\n/m))).toBe(lastEventId)
    await second.leave()
    const third = readStream(await session.get({ 'last-event-id': lastEventId }))
    slow.release()
    await third.end()
    expect(third.messages()).toMatchObject([{ id: 7, result: { content: [{ text: '{}' }] } }])
  })

  test.each([
    ['a client of an older version', { 'mcp-protocol-version': '2025-06-18' }],
    ['a client that does not say its version', {}],
  ] satisfies [string, Record<string, string>][])(
    '%s is told nothing that it would not understand',
    async (_who, headers) => {
      const slow = held()
      const { gateway } = mountGateway({ tool: slow.tool }, { times })
      const session = await openSession(gateway, ALICE)
      const stream = readStream(await session.post(call(7, 'tool'), headers))
      await slow.started
      slow.release()
      expect(await stream.end()).not.toMatch(/^id:/m)
    },
  )
})

test('a call that was gone on with can be cancelled', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway({
    async *tool(run) {
      yield { type: 'progress', progress: 1 }
      yield { type: 'progress', progress: 2 }
      return yield* slow.tool(run)
    },
  })
  const session = await openSession(gateway, ALICE)
  const lost = readStream(await session.post(call(7, 'tool', {}, { progressToken: 'mine' })))
  const lastEventId = idIn(await lost.until(/data: .*\n\n/))
  await lost.leave()
  const again = readStream(await session.get({ 'last-event-id': lastEventId }))
  await again.until(/"progress":2/)
  const params = { requestId: 7 }
  await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  await again.end()
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([origin.operations[0]?.request.op_id])
})

test('a call that was gone on with is cancelled though its old stream is not known for lost', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway({
    async *tool(run) {
      yield { type: 'progress', progress: 1 }
      return yield* slow.tool(run)
    },
  })
  const session = await openSession(gateway, ALICE)
  const old = readStream(await session.post(call(7, 'tool', {}, { progressToken: 'mine' })))
  const lastEventId = idIn(await old.until(/data: .*\n\n/))
  const again = readStream(await session.get({ 'last-event-id': lastEventId }))
  await old.end()
  expect(origin.cancelled).toEqual([])
  const params = { requestId: 7 }
  await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  await again.end()
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([origin.operations[0]?.request.op_id])
})

test('what stood open when the stream was lost is asked again', async () => {
  const { gateway } = mountGateway({
    async *ask() {
      const replies = yield { type: 'asks', asks: [elicitation] }
      return { content: [{ type: 'text', text: JSON.stringify(replies) }] }
    },
  })
  const session = await openSession(gateway, ALICE, { elicitation: {} })
  const lost = readStream(await session.post(call(7, 'ask')))
  const lastEventId = idIn(await lost.until(/elicitation.*\n\n/))
  await lost.leave()
  const again = readStream(await session.get({ 'last-event-id': lastEventId }))
  await again.until(/elicitation.*\n\n/)
  const [question] = again.messages()
  expect(question?.id).not.toBe(lost.messages()[0]?.id)
  await session.post({ jsonrpc: '2.0', id: question?.id, result: { action: 'decline' } })
  await again.end()
  expect(again.messages()).toMatchObject([{}, { id: 7, result: {} }])
})

test('a call that nobody knows any more is answered, so that its client stops waiting', async () => {
  const { tool } = halfway()
  const before = mountGateway({ tool })
  const session = await openSession(before.gateway, ALICE)
  const lost = readStream(await session.post(call(7, 'tool', {}, { progressToken: 'mine' })))
  const lastEventId = idIn(await lost.until(/data: .*\n\n/))
  await lost.leave()
  const moved = sessionOf(session.id, mountGateway({}).gateway, ALICE)
  const again = readStream(await moved.get({ 'last-event-id': lastEventId }))
  await again.end()
  expect(again.messages()).toMatchObject([
    { id: 7, result: { isError: true, _meta: { 'mcpbox/code': 'operation_unknown' } } },
  ])
})

test.each(['', 'garbage', 'W10', '%%%', 'x'.repeat(5_000)])(
  'an id that is none of ours opens the stream for news: %s',
  async (id) => {
    const { gateway, faults } = mountGateway({})
    const stream = readStream(
      await (await openSession(gateway, ALICE)).get({ 'last-event-id': id }),
    )
    expect(await stream.until(/\n\n/)).toBe(': open\n\n')
    await stream.leave()
    expect(faults).toEqual([])
  },
)

test('@modelcontextprotocol/sdk 1.x goes on by itself when its stream breaks', async () => {
  const { tool, release } = halfway()
  const { gateway, origin } = mountGateway({ tool })
  const client = new Client({ name: 'a real client', version: '1.0.0' })
  const resumed: (string | null)[] = []
  async function fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(url, init)
    const isCall = (await request.clone().text()).includes('tools/call')
    const lastEventId = request.headers.get('last-event-id')
    if (lastEventId !== null) resumed.push(lastEventId)
    const response = await gateway.handle(request, ALICE)
    if (!isCall || response.body === null) return response
    return new Response(firstEventOf(response.body, release), response)
  }
  const reconnectionOptions = {
    initialReconnectionDelay: 1,
    maxReconnectionDelay: 1,
    reconnectionDelayGrowFactor: 1,
    maxRetries: 3,
  }
  const transport = new StreamableHTTPClientTransport(new URL(ENDPOINT), {
    fetch,
    reconnectionOptions,
  })
  await client.connect(transport)
  const steps: number[] = []
  const result = await client.callTool({ name: 'tool' }, undefined, {
    onprogress: (step) => steps.push(step.progress),
  })
  expect(result.content).toEqual([{ type: 'text', text: '{}' }])
  expect(steps).toEqual([1, 2])
  expect(resumed).toHaveLength(1)
  expect(origin.operations).toHaveLength(1)
  await client.close()
})

/** The stream up to the end of its first event, where it breaks. */
function firstEventOf(body: ReadableStream<Uint8Array>, broken: () => void) {
  const reader = body.getReader()
  let text = ''
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value = new Uint8Array() } = await reader.read()
      text += new TextDecoder().decode(value)
      controller.enqueue(value)
      if (!/data: .*\n\n/.test(text)) return
      await reader.cancel()
      controller.close()
      broken()
    },
  })
}
