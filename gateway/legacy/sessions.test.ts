import { describe, expect, test } from 'vitest'
import { answerOf } from '../testing/answers.ts'
import { ALICE, BOB, mountGateway } from '../testing/mounted-gateway.ts'
import { call, initialize, post, rpc } from '../testing/posts.ts'
import { scriptedOrigin, type ScriptedOrigin } from '../testing/scripted-origin.ts'
import { openSession, sessionOf } from '../testing/session.ts'
import { readStream } from '../testing/stream-reader.ts'
import { echo, held } from '../testing/tools.ts'
import { SESSION_LIFETIME_S } from './session-id.ts'

describe('a session id', () => {
  test('is visible ASCII and says enough to serve the session after a restart', async () => {
    const before = mountGateway({ echo })
    const { id } = await openSession(before.gateway, ALICE)
    expect(id).toMatch(/^[\x21-\x7e]{1,400}$/)
    const after = mountGateway({ echo })
    const answer = await answerOf(
      await sessionOf(id, after.gateway, ALICE).post(call(1, 'echo', { still: 'here' })),
    )
    expect(answer.result).toMatchObject({ structuredContent: { still: 'here' } })
    expect(after.origin.operations).toMatchObject([{ request: { client: { name: 'tests' } } }])
  })

  test('is of no use to anybody else', async () => {
    const { gateway, origin } = mountGateway({ echo })
    const { id } = await openSession(gateway, ALICE)
    const response = await sessionOf(id, gateway, BOB).post(call(1, 'echo'))
    expect(response.status).toBe(404)
    const { error } = await answerOf(response)
    expect(error).toMatchObject({ code: -32001, data: { code: 'session_unknown' } })
    expect(origin.operations).toEqual([])
  })

  test('stops being good after its lifetime', async () => {
    let now = Date.now()
    const { gateway } = mountGateway({ echo }, { now: () => now })
    const session = await openSession(gateway, ALICE)
    now += SESSION_LIFETIME_S * 1000 - 1000
    expect((await session.post(rpc(1, 'ping'))).status).toBe(200)
    now += 1000
    expect((await session.post(rpc(2, 'ping'))).status).toBe(404)
  })

  test('is not asked for by initialize: an old one is replaced', async () => {
    const { gateway } = mountGateway({ echo })
    const { id } = await openSession(gateway, ALICE)
    const again = await gateway.handle(post(initialize(), { 'mcp-session-id': id }), ALICE)
    expect(again.headers.get('mcp-session-id')).toMatch(/^v1\./)
    expect(again.headers.get('mcp-session-id')).not.toBe(id)
  })
})

describe('DELETE', () => {
  test('ends the session for good, and its stream with it', async () => {
    const { gateway } = mountGateway({ echo })
    const session = await openSession(gateway, ALICE)
    const stream = readStream(await session.get())
    expect((await session.end()).status).toBe(204)
    await stream.end()
    expect((await session.post(rpc(1, 'ping'))).status).toBe(404)
    expect((await session.get()).status).toBe(404)
    expect((await session.end()).status).toBe(404)
  })

  test('leaves the other sessions of the same principal alone', async () => {
    const { gateway } = mountGateway({ echo })
    const one = await openSession(gateway, ALICE)
    const other = await openSession(gateway, ALICE)
    await one.end()
    expect((await other.post(rpc(1, 'ping'))).status).toBe(200)
  })
})

describe('the same JSON-RPC id twice at once', () => {
  test('each call gets its own answer, whichever ends first', async () => {
    const slow = held()
    const { gateway } = mountGateway({ echo, slow: slow.tool })
    const session = await openSession(gateway, ALICE)
    const first = session.post(call(1, 'slow', { who: 'first' }))
    await slow.started
    const second = await answerOf(await session.post(call(1, 'echo', { who: 'second' })))
    expect(second).toMatchObject({ id: 1, result: { content: [{ text: '{"who":"second"}' }] } })
    slow.release()
    expect(await answerOf(await first)).toMatchObject({
      id: 1,
      result: { content: [{ text: '{"who":"first"}' }] },
    })
  })

  test('both may run at the same time', async () => {
    const a = held()
    const b = held()
    const { gateway } = mountGateway({ a: a.tool, b: b.tool })
    const session = await openSession(gateway, ALICE)
    const answers = ['a', 'b'].map((name) => session.post(call(1, name, { name })).then(answerOf))
    await Promise.all([a.started, b.started])
    b.release()
    a.release()
    expect(await Promise.all(answers)).toMatchObject([
      { id: 1, result: { content: [{ text: '{"name":"a"}' }] } },
      { id: 1, result: { content: [{ text: '{"name":"b"}' }] } },
    ])
  })
})

test('a session hears only log messages of the level it asked for', async () => {
  const { gateway } = mountGateway({
    chatty: async function* () {
      yield { type: 'log', level: 'debug', data: 'fine' }
      yield { type: 'log', level: 'warning', data: 'careful' }
      return { content: [] }
    },
  })
  const session = await openSession(gateway, ALICE)
  await session.post(rpc(1, 'logging/setLevel', { level: 'warning' }))
  const stream = readStream(await session.post(call(2, 'chatty')))
  await stream.end()
  expect(stream.messages()).toMatchObject([
    { method: 'notifications/message', params: { level: 'warning', data: 'careful' } },
    { id: 2 },
  ])
})

test('notifications and stray answers are accepted and say nothing', async () => {
  const { gateway } = mountGateway({ echo })
  const session = await openSession(gateway, ALICE)
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
  const answer = { jsonrpc: '2.0', id: 's-unknown', result: {} }
  for (const message of [initialized, answer]) {
    expect((await session.post(message)).status).toBe(202)
    expect((await gateway.handle(post(message), ALICE)).status).toBe(202)
  }
})

test('initialize brings its session id however long the catalog takes', async () => {
  const gate = Promise.withResolvers<void>()
  const prompt = scriptedOrigin({ echo })
  const origin: ScriptedOrigin = {
    ...prompt,
    catalog: (...asked) => gate.promise.then(() => prompt.catalog(...asked)),
  }
  const { gateway } = mountGateway({}, { origin, times: { graceMs: 0 } })
  const initializing = gateway.handle(post(initialize()), ALICE)
  setTimeout(gate.resolve, 1)
  expect((await initializing).headers.get('mcp-session-id')).toMatch(/^v1\./)
})
