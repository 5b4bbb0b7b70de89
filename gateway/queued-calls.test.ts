import { expect, test } from 'vitest'
import { OpId } from '#contract/operation.ts'
import { OriginRefusal } from './origin.ts'
import { answerOf, type Message } from './testing/answers.ts'
import { memoryQueue, WAIT } from './testing/memory-queue.ts'
import { ALICE, BOB, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost, post } from './testing/posts.ts'
import { aborted } from './testing/scripted-program.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { echo } from './testing/tools.ts'

const ERAS = ['modern', 'legacy'] as const
type Era = (typeof ERAS)[number]

const ask = (era: Era, name: string, args: object = {}) =>
  era === 'modern' ? modernPost('tools/call', { name, arguments: args }) : post(call(1, name, args))

const ALICE_ASKS = { principal: ALICE, requestId: 'a-request' }
const AWAY = new OriginRefusal({ code: 'origin_unreachable', message: 'It is away.' })
const FULL = new OriginRefusal({ code: 'queue_full', message: 'Too many wait.' })

/** A gateway whose origin is away, over a tool whose calls wait and one whose calls do not. */
function mountAway(queue = memoryQueue(['note'])) {
  const mounted = mountGateway({ note: echo, other: echo }, { queue })
  mounted.origin.refusal = AWAY
  return { ...mounted, queue }
}

const handle = (gateway: ReturnType<typeof mountAway>['gateway'], era: Era, ...asked: Asked) =>
  gateway.handle(ask(era, ...asked), ALICE).then(answerOf)
type Asked = [name: string, args?: object]

function handleIn({ result }: Message): OpId {
  const meta = result?.['_meta'] as Record<string, { handle: string }> | undefined
  return OpId.parse(meta?.['mcpbox/queued']?.handle)
}

test.each(ERAS)('%s: a call that nobody takes waits, and its client hears so', async (era) => {
  const { gateway, queue, faults } = mountAway()
  const answer = await handle(gateway, era, 'note', { a: 1 })
  expect(queue.kept).toMatchObject([
    {
      principal: 'user:alice',
      request: { method: 'tools/call', params: { name: 'note', arguments: { a: 1 } }, era },
    },
  ])
  const opId = queue.kept[0]?.request.op_id
  expect(answer.result).toMatchObject({
    content: [{ text: expect.stringContaining(`call mcpbox_wait with {"handle":"${opId}"}`) }],
    _meta: {
      'mcpbox/queued': {
        handle: opId,
        since: '2026-01-01T00:00:00.000Z',
        until: '2026-01-02T00:00:00.000Z',
      },
    },
  })
  expect(answer.result).not.toHaveProperty('isError')
  expect(faults).toEqual([])
})

test.each(ERAS)(
  '%s: a call of any other tool is refused, as it is without a queue',
  async (era) => {
    const { gateway, queue } = mountAway()
    expect((await handle(gateway, era, 'other')).result).toMatchObject({
      isError: true,
      content: [{ text: 'It is away.' }],
      _meta: { 'mcpbox/code': 'origin_unreachable' },
    })
    expect(queue.kept).toEqual([])
  },
)

test('nothing but the call of a tool waits', async () => {
  const { gateway, queue } = mountAway(memoryQueue(['note', 'notes://today']))
  for (const request of [
    modernPost('prompts/get', { name: 'note', arguments: {} }),
    modernPost('resources/read', { uri: 'notes://today' }, { 'mcp-name': 'notes://today' }),
  ])
    expect((await answerOf(await gateway.handle(request, ALICE))).error?.data).toMatchObject({
      code: 'origin_unreachable',
    })
  expect(queue.kept).toEqual([])
})

test('where there is no queue, nothing waits', async () => {
  const { gateway, origin } = mountGateway({ note: echo })
  origin.refusal = AWAY
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({ isError: true })
})

test('a refusal of the origin is one, whatever its tool says', async () => {
  const { gateway, origin, queue } = mountAway()
  origin.refusal = new OriginRefusal({ code: 'not_approved', message: 'No.' })
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({
    _meta: { 'mcpbox/code': 'not_approved' },
  })
  expect(queue.kept).toEqual([])
})

test('an operation that the origin took is not queued when it is lost', async () => {
  const { gateway, origin, queue } = mountAway()
  origin.operate = async function* (_as, { op_id }) {
    yield { type: 'accepted', op_id }
    throw AWAY
  }
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({
    _meta: { 'mcpbox/code': 'origin_unreachable' },
  })
  expect(queue.kept).toEqual([])
})

test('an origin that says nothing is not waited for long, where the call can wait', async () => {
  const queue = memoryQueue(['note'])
  const { gateway, origin } = mountGateway({ note: echo }, { queue, times: { offerMs: 1 } })
  origin.operate = async function* (_as, _request, signal) {
    yield* []
    await aborted(signal)
  }
  const opId = handleIn(await handle(gateway, 'modern', 'note'))
  expect(queue.kept[0]?.request.op_id).toBe(opId)
})

test('a call that was taken while its tool was looked up is not queued', async () => {
  const queue = memoryQueue(['note'])
  const { gateway, origin } = mountGateway({ note: echo }, { queue, times: { offerMs: 0 } })
  const lookingUp = Promise.withResolvers<void>()
  const taken = Promise.withResolvers<void>()
  const lastKnown = queue.lastKnown.bind(queue)
  queue.lastKnown = async (...asked) => {
    lookingUp.resolve()
    await taken.promise
    return lastKnown(...asked)
  }
  origin.operate = async function* (_as, { op_id }) {
    await lookingUp.promise
    yield { type: 'accepted', op_id }
    taken.resolve()
    await queue.lastKnown(ALICE_ASKS, 'note')
    yield { type: 'result', seq: 1, result: { content: [] } }
  }
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({ content: [] })
  expect(queue.kept).toEqual([])
})

test('a full queue says so', async () => {
  const { gateway, queue, faults } = mountAway()
  queue.keep = async () => {
    throw FULL
  }
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({
    isError: true,
    content: [{ text: 'Too many wait.' }],
    _meta: { 'mcpbox/code': 'queue_full' },
  })
  expect(faults).toEqual([])
})

test('a queue that fails is reported, and promises nothing', async () => {
  const { gateway, queue, faults } = mountAway()
  const fault = new Error('it broke')
  queue.keep = async () => {
    throw fault
  }
  expect((await handle(gateway, 'modern', 'note')).error).toMatchObject({
    data: { code: 'internal' },
  })
  expect(faults).toEqual([fault])
})

test('a tool that cannot be looked up is one whose calls do not wait', async () => {
  const { gateway, queue, faults } = mountAway()
  queue.lastKnown = async () => {
    throw new Error('it broke')
  }
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({
    _meta: { 'mcpbox/code': 'origin_unreachable' },
  })
  expect(faults).toHaveLength(1)
})

test('a tool that promises structured content says so as an error, which may go without', async () => {
  const { gateway } = mountAway(memoryQueue(['note'], { outputSchema: { type: 'object' } }))
  expect((await handle(gateway, 'modern', 'note')).result).toMatchObject({
    isError: true,
    _meta: { 'mcpbox/queued': {} },
  })
})

test('modern: who leaves while a call is queued takes it back', async () => {
  const { gateway: _, ...parts } = mountAway()
  const { queue, origin } = parts
  const times = { graceMs: 0, cancelNoticeMs: 1 }
  const { gateway } = mountGateway({}, { queue, origin, times })
  const keeping = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const takenBack = Promise.withResolvers<OpId>()
  queue.keep = async () => {
    keeping.resolve()
    await goOn.promise
    return WAIT
  }
  queue.takeBack = async (_as, opId) => takenBack.resolve(opId)
  const cancelled = Promise.withResolvers<OpId>()
  origin.cancel = async (_as, opId) => cancelled.resolve(opId)
  const stream = readStream(await gateway.handle(ask('modern', 'note'), ALICE))
  await keeping.promise
  await stream.leave()
  const opId = await cancelled.promise
  goOn.resolve()
  expect(await takenBack.promise).toBe(opId)
})

test('legacy: a call that is cancelled while it is queued is taken back', async () => {
  const { gateway, queue, origin } = mountAway()
  origin.refusal = null
  const session = await openSession(gateway, ALICE)
  origin.refusal = AWAY
  const keeping = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  queue.keep = async () => {
    keeping.resolve()
    await goOn.promise
    return WAIT
  }
  const asked = session.post(call(7, 'note'))
  await keeping.promise
  const params = { requestId: 7 }
  await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  goOn.resolve()
  expect(await (await asked).text()).not.toContain('mcpbox/queued')
  await expect.poll(() => queue.takenBack).toHaveLength(1)
})

test.each(ERAS)(
  '%s: waiting for a call that still waits says so, under its handle',
  async (era) => {
    const { gateway } = mountAway()
    const opId = handleIn(await handle(gateway, era, 'note'))
    const again = await handle(gateway, era, 'mcpbox_wait', { handle: opId })
    expect(handleIn(again)).toBe(opId)
    expect(again.result).not.toHaveProperty('isError')
  },
)

test.each(ERAS)('%s: waiting for a call that was delivered gives its result', async (era) => {
  const { gateway, origin, queue } = mountAway()
  const opId = handleIn(await handle(gateway, era, 'note', { a: 1 }))
  origin.refusal = null
  const other = OpId.parse(crypto.randomUUID())
  const [kept] = queue.kept
  if (kept === undefined) throw new Error('nothing is queued')
  const request = { ...kept.request, op_id: other }
  const delivery = origin.operate(ALICE_ASKS, request, new AbortController().signal)
  for await (const event of delivery) if (event.type === 'result') break
  queue.became.set(opId, { is: 'delivered', opId: other })
  const { result } = await handle(gateway, era, 'mcpbox_wait', { handle: opId })
  expect(result).toMatchObject({ structuredContent: { a: 1 } })
})

test('waiting for a call that was dropped says why', async () => {
  const { gateway, queue } = mountAway()
  const opId = handleIn(await handle(gateway, 'modern', 'note'))
  const problem = { code: 'call_expired', message: 'It waited for too long.' } as const
  queue.became.set(opId, { is: 'dropped', problem })
  expect((await handle(gateway, 'modern', 'mcpbox_wait', { handle: opId })).result).toMatchObject({
    isError: true,
    content: [{ text: problem.message }],
    _meta: { 'mcpbox/code': 'call_expired' },
  })
})

test('a handle of somebody else finds nothing', async () => {
  const { gateway, origin } = mountAway()
  const opId = handleIn(await handle(gateway, 'modern', 'note'))
  origin.refusal = null
  const stolen = await gateway.handle(ask('modern', 'mcpbox_wait', { handle: opId }), BOB)
  expect((await answerOf(stolen)).result).toMatchObject({
    _meta: { 'mcpbox/code': 'operation_unknown' },
  })
})

test('a client sees of a tool nothing that MCP does not know', async () => {
  const { gateway, origin } = mountGateway({ note: echo })
  const catalog = origin.catalog.bind(origin)
  origin.catalog = async (...asked) => {
    const { tools, ...rest } = await catalog(...asked)
    return { ...rest, tools: tools.map((tool) => ({ ...tool, queueWhenAway: true })) }
  }
  const listed = await answerOf(await gateway.handle(modernPost('tools/list'), ALICE))
  expect(JSON.stringify(listed)).toContain('"note"')
  expect(JSON.stringify(listed)).not.toContain('queueWhenAway')
})
