import { expect, test } from 'vitest'
import type { ClientInfo } from '#contract/operation.ts'
import { answerOf, messagesOf, type Message } from './testing/answers.ts'
import { ALICE, BOB, mountGateway, type MountOptions } from './testing/mounted-gateway.ts'
import { call, modernPost, post } from './testing/posts.ts'
import { aborted, type ScriptedTool } from './testing/scripted-program.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { held } from './testing/tools.ts'

const ERAS = ['modern', 'legacy'] as const
type Era = (typeof ERAS)[number]

/** One call, as a client of an era writes it. */
const ask = (era: Era, name: string, args: object = {}, _meta?: object) =>
  era === 'modern'
    ? modernPost('tools/call', { name, arguments: args, _meta })
    : post(call(1, name, args, _meta))

/** Clients with no patience for a first call, and all of it for the second. */
function patientLater(): MountOptions {
  let calls = 0
  return { times: { patienceMs: () => (calls++ === 0 ? 0 : 60_000) } }
}

const IMPATIENT: MountOptions = { times: { patienceMs: () => 0 } }

function handleIn({ result }: Message): string {
  const meta = result?.['_meta'] as Record<string, { handle: string }> | undefined
  const handle = meta?.['mcpbox/running']?.handle
  if (handle === undefined) throw new Error(`It does not run on: ${JSON.stringify(result)}`)
  return handle
}

test.each(ERAS)('%s: a call that outlasts its client’s patience runs on', async (era) => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool }, patientLater())
  const first = await answerOf(await gateway.handle(ask(era, 'slow', { a: 1 }), ALICE))
  const opId = origin.operations[0]?.request.op_id
  const handle = handleIn(first)
  expect(first.result).toMatchObject({
    content: [
      { text: expect.stringContaining(`Still running. For its result, call mcpbox_wait with`) },
    ],
  })
  expect(first.result).not.toHaveProperty('isError')
  expect(handle).toBe(opId)
  expect(origin.parked).toEqual([opId])

  const waiting = gateway.handle(ask(era, 'mcpbox_wait', { handle }), ALICE)
  slow.release()
  expect((await answerOf(await waiting)).result).toMatchObject({ content: [{ text: '{"a":1}' }] })
  expect(origin.operations).toHaveLength(1)
  expect(origin.cancelled).toEqual([])
})

test.each(ERAS)('%s: waiting has the same patience, and may be asked for again', async (era) => {
  const slow = held()
  const { gateway } = mountGateway({ slow: slow.tool }, IMPATIENT)
  const handle = handleIn(await answerOf(await gateway.handle(ask(era, 'slow'), ALICE)))
  const again = await answerOf(await gateway.handle(ask(era, 'mcpbox_wait', { handle }), ALICE))
  expect(handleIn(again)).toBe(handle)
})

/** Says how far it is until it is let go. */
function reporting(): { tool: ScriptedTool; release: () => void } {
  const slow = held()
  return {
    release: () => slow.release(),
    tool: async function* (run) {
      yield { type: 'progress', progress: 1 }
      const steps = slow.tool(run)
      yield { type: 'progress', progress: 2 }
      const { value } = await steps.next()
      yield { type: 'progress', progress: 3 }
      if (value === undefined || 'type' in value) throw new Error('A held tool says nothing')
      return value
    },
  }
}

test.each(ERAS)('%s: who waits hears of what comes, under its own token', async (era) => {
  const slow = reporting()
  const options = patientLater()
  const { gateway } = mountGateway({ slow: slow.tool }, options)
  const calling = gateway.handle(ask(era, 'slow', {}, { progressToken: 'first' }), ALICE)
  const before = await messagesOf(await calling)
  const handle = handleIn(before.at(-1) ?? {})
  slow.release()
  const args = { handle }
  const waiting = gateway.handle(ask(era, 'mcpbox_wait', args, { progressToken: 'mine' }), ALICE)
  const after = await messagesOf(await waiting)
  const told = (messages: Message[]) => messages.slice(0, -1).map(({ params }) => params)
  const heard = [...told(before), ...told(after)]
  expect(heard.map((params) => params?.['progress'])).toEqual([1, 2, 3])
  expect(new Set(told(before).map((params) => params?.['progressToken']))).toEqual(
    new Set(told(before).length > 0 ? ['first'] : []),
  )
  expect(told(after)).toContainEqual({ progressToken: 'mine', progress: 3 })
  expect(after.at(-1)).toHaveProperty('result')
})

test('modern: who stops waiting leaves the operation alone', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway(
    { slow: slow.tool },
    { times: { ...patientLater().times, graceMs: 0, cancelNoticeMs: 1 } },
  )
  const first = readStream(await gateway.handle(ask('modern', 'slow'), ALICE))
  await first.end()
  const handle = handleIn(first.messages().at(-1) ?? {})
  const stream = readStream(await gateway.handle(ask('modern', 'mcpbox_wait', { handle }), ALICE))
  await stream.until(/keepalive/)
  await stream.leave()
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([])
})

test('legacy: cancelling the wait leaves the operation alone', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway({ slow: slow.tool }, patientLater())
  const session = await openSession(gateway, ALICE)
  const handle = handleIn(await answerOf(await session.post(call(1, 'slow'))))
  const resume = origin.resume.bind(origin)
  const follows = Promise.withResolvers<void>()
  origin.resume = (...asked) => {
    follows.resolve()
    return resume(...asked)
  }
  const waiting = session.post(call(2, 'mcpbox_wait', { handle }))
  await follows.promise
  const cancelled = { method: 'notifications/cancelled', params: { requestId: 2 } }
  await session.post({ jsonrpc: '2.0', ...cancelled })
  await waiting
  await Promise.all(deferred)
  expect(origin.cancelled).toEqual([])
})

test('a handle is good for its own principal only', async () => {
  const slow = held()
  const { gateway } = mountGateway({ slow: slow.tool }, IMPATIENT)
  const handle = handleIn(await answerOf(await gateway.handle(ask('modern', 'slow'), ALICE)))
  const stolen = await answerOf(await gateway.handle(ask('modern', 'mcpbox_wait', { handle }), BOB))
  expect(stolen.result).toMatchObject({
    isError: true,
    _meta: { 'mcpbox/code': 'operation_unknown' },
  })
})

test.each([
  [{}],
  [{ handle: 'mine' }],
  [{ handle: 7 }],
  [{ handle: crypto.randomUUID(), more: 1 }],
])('%j is no way to ask for it', async (args) => {
  const { gateway, origin } = mountGateway({})
  const { result } = await answerOf(await gateway.handle(ask('modern', 'mcpbox_wait', args), ALICE))
  expect(result).toMatchObject({ isError: true, _meta: { 'mcpbox/code': 'invalid_arguments' } })
  expect(origin.operations).toEqual([])
})

test('a handle that says that the end was seen is refused', async () => {
  const { gateway, origin, faults } = mountGateway({})
  origin.resume = async function* (_as, { opId }) {
    yield { type: 'accepted', op_id: opId }
  }
  const args = { handle: `${crypto.randomUUID()}.99` }
  const { result } = await answerOf(await gateway.handle(ask('modern', 'mcpbox_wait', args), ALICE))
  expect(result).toMatchObject({ isError: true, _meta: { 'mcpbox/code': 'operation_unknown' } })
  expect(faults).toEqual([])
})

test('a tool that promises structured content says so as an error, which may go without', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool }, IMPATIENT)
  const catalog = origin.catalog.bind(origin)
  origin.catalog = async (...asked) => {
    const { tools, ...rest } = await catalog(...asked)
    return { ...rest, tools: tools.map((tool) => ({ ...tool, outputSchema: { type: 'object' } })) }
  }
  const { result } = await answerOf(await gateway.handle(ask('modern', 'slow'), ALICE))
  expect(result).toMatchObject({ isError: true, _meta: { 'mcpbox/running': {} } })
})

test('a tool that is not listed may have promised it elsewhere', async () => {
  const slow = held()
  const { gateway, origin } = mountGateway({ slow: slow.tool }, IMPATIENT)
  const catalog = origin.catalog.bind(origin)
  origin.catalog = async (...asked) => ({ ...(await catalog(...asked)), tools: [] })
  const { result } = await answerOf(await gateway.handle(ask('modern', 'slow'), ALICE))
  expect(result).toMatchObject({ isError: true, _meta: { 'mcpbox/running': {} } })
})

test('the client’s name says how long it is kept waiting', async () => {
  const asked: (ClientInfo | null)[] = []
  const slow = held()
  slow.release()
  const patienceMs = (client: ClientInfo | null) => {
    asked.push(client)
    return 60_000
  }
  const { gateway } = mountGateway({ slow: slow.tool }, { times: { patienceMs } })
  await gateway.handle(ask('modern', 'slow'), ALICE)
  await (await openSession(gateway, ALICE)).post(call(1, 'slow'))
  await gateway.handle(ask('legacy', 'slow'), ALICE)
  const named = { name: 'tests', version: '1.0.0' }
  expect(asked).toEqual([named, named, null])
})

test('an origin that does not say that it still has the operation uses up patience, too', async () => {
  const { gateway, origin } = mountGateway({}, IMPATIENT)
  origin.resume = async function* (_as, _operation, signal) {
    yield* []
    await aborted(signal)
  }
  const args = { handle: crypto.randomUUID() }
  const again = await answerOf(await gateway.handle(ask('modern', 'mcpbox_wait', args), ALICE))
  expect(handleIn(again)).toBe(args.handle)
})

test('an origin that does not answer keeps nobody from hearing that the call runs on', async () => {
  const slow = held()
  const { gateway, origin, deferred } = mountGateway(
    { slow: slow.tool },
    { times: { patienceMs: () => 0, partingMs: 0 } },
  )
  const answers = Promise.withResolvers<never>()
  origin.park = () => answers.promise
  origin.catalog = () => answers.promise
  const answer = await answerOf(await gateway.handle(ask('legacy', 'slow'), ALICE))
  expect(handleIn(answer)).toBe(origin.operations[0]?.request.op_id)
  expect(deferred).toHaveLength(1)
})
