import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProblemBody } from '#contract/problem.ts'
import { answerOf, type Message } from '#gateway/testing/answers.ts'
import { initialize, modernPost, post as asPost, rpc } from '#gateway/testing/posts.ts'
import { openSession } from '#gateway/testing/session.ts'
import { publish } from './publish.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'
import { IN_PLACE_NAMES } from './tunnel/in-place.ts'
import { spokenFor } from './tunnel/spoken-for.ts'
import type { Weather } from './tunnel/weather.ts'
import { wireTo } from './wire.ts'

/** What clients get while nothing comes from the origin, in each way in which that may be so. */

const WAYS: [string, Weather][] = [
  ...IN_PLACE_NAMES.map((instead): [string, Weather] => [instead, { instead }]),
  ['never an answer', { mute: true }],
  ['only the beginning of answers', { stallAfter: { bytes: 10 } }],
  ['answers that break', { breakAfter: { bytes: 10 } }],
  ['a read timeout', { readTimeoutMs: 1, stallAfter: { bytes: 0 } }],
]

const FROM_CATALOG = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']
const OPERATIONS: [string, Record<string, unknown>][] = [
  ['prompts/get', { name: 'away__greet', arguments: {} }],
  ['resources/read', { uri: 'mcpbox://away/nothing' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'away__greet' }, argument: { name: 'a', value: '' } },
  ],
]
const NOBODY = { kind: 'local' } as const

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = running.use(await startStack())
  stack = started
  edge = running.use(await startEdge(started))
  await publish(stack, edge.signedIn, 'away', {
    echo: 'def main(text: str):\n    """Says it again."""\n    return text\n',
  })
})

afterAll(() => running.disposeAsync())

/** Asks in one era. Checks of every answer that a client can read it. */
type Ask = (method: string, params?: Record<string, unknown>) => Promise<Message>

async function askerOf(era: string, at: URL): Promise<Ask> {
  const wire = wireTo(at)
  if (era === 'modern')
    return async (method, params = {}) => {
      const named = typeof params['uri'] === 'string' ? { 'mcp-name': params['uri'] } : {}
      return readable(await wire.handle(modernPost(method, params, named), NOBODY))
    }
  const session = await openSession(wire, NOBODY)
  return async (method, params) => readable(await session.post(rpc(1, method, params)))
}

/** A status that says no comes with words, and with a code that stays the same. */
async function readable(answer: Response): Promise<Message> {
  if (answer.ok) return answerOf(answer)
  const body = (await answer.json()) as Message
  const code = body.error?.data?.['code'] ?? ProblemBody.parse(body).code
  expect(code).toEqual(expect.any(String))
  return body
}

async function newcomer(): Promise<{ at: URL; subject: string }> {
  const sub = crypto.randomUUID()
  const at = await edge.signedInAs({ sub, email: `${sub}@example.com` })
  return { at, subject: `user:${sub}` }
}

const AWAY = { data: { code: 'origin_unreachable' } }
const SINCE =
  /^The MCPbox origin has been unreachable since 20\d\d-\S+Z\. .*(?:check that|start|its log|run) .* Calls work again as soon as it is back\.$/

describe.concurrent.each(['legacy', 'modern'])('%s', (era) => {
  describe.each(WAYS)('%s', (_way, weather) => {
    test('what is known is answered, and a call is told since when and what to do', async () => {
      const { at, subject } = await newcomer()
      const ask = await askerOf(era, at)
      const before = await ask('tools/list')
      expect(JSON.stringify(before)).toContain('away__echo')
      edge.tunnel.turn(weather, (asked) => spokenFor(asked) === subject)

      const called = ask('tools/call', { name: 'away__echo', arguments: { text: 'hello' } })
      const managed = ask('tools/call', { name: 'mcpbox_list_servers', arguments: {} })
      const operated = OPERATIONS.map(([method, params]) => ask(method, params))

      expect(await ask('tools/list')).toEqual(before)
      for (const method of FROM_CATALOG)
        expect(await ask(method)).toMatchObject({ result: expect.anything() })
      const hello =
        era === 'modern'
          ? await ask('server/discover')
          : await readable(await wireTo(at).handle(asPost(initialize()), NOBODY))
      expect(hello).toMatchObject({ result: expect.anything() })

      for (const refused of [await called, await managed])
        expect(refused).toMatchObject({
          result: {
            isError: true,
            content: [{ type: 'text', text: expect.stringMatching(SINCE) }],
            _meta: { 'mcpbox/code': 'origin_unreachable' },
          },
        })
      for (const refused of await Promise.all(operated))
        expect(refused).toMatchObject({ error: { ...AWAY, message: expect.stringMatching(SINCE) } })
    })

    test('somebody new is told so, too', async () => {
      const { at, subject } = await newcomer()
      edge.tunnel.turn(weather, (asked) => spokenFor(asked) === subject)
      const hello = era === 'modern' ? modernPost('tools/list') : asPost(initialize())
      const answer = await wireTo(at).handle(hello, NOBODY)
      expect(answer.status).toBe(200)
      expect(await readable(answer)).toMatchObject({ error: AWAY })
    })
  })
})

test('as soon as the origin is back, calls work again', async () => {
  const { at, subject } = await newcomer()
  const ask = await askerOf('modern', at)
  await ask('tools/list')
  {
    using _away = edge.tunnel.turn(
      { instead: 'bad gateway' },
      (asked) => spokenFor(asked) === subject,
    )
    expect(await ask('tools/list')).toMatchObject({ result: expect.anything() })
  }
  expect(
    await ask('tools/call', { name: 'away__echo', arguments: { text: 'hello' } }),
  ).toMatchObject({ result: { content: [{ text: 'hello' }] } })
})
