import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, modernClient, type TestClient } from './clients.ts'
import { publish } from './publish.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'
import { IN_PLACE_NAMES } from './tunnel/in-place.ts'
import { spokenFor } from './tunnel/spoken-for.ts'
import type { Passage } from './tunnel/tunnel.ts'
import type { Asked, Weather } from './tunnel/weather.ts'

/** One call at a time through a tunnel that does its worst, to two origins. */

const COUNT = `
import asyncio

async def main(to: int, pause: float, why: str):
    """Counts, with a pause between."""
    for n in range(to):
        await ctx.progress(n + 1, to)
        await asyncio.sleep(pause)
    return {"counted": to}
`
const TO = 5

const CLIENTS: [string, (base: URL) => Promise<TestClient>][] = [
  ['legacy', legacyClient],
  ['modern', modernClient],
]

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge

beforeAll(async () => {
  const started = running.use(
    await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }),
  )
  stack = started
  edge = running.use(await startEdge(started))
  await publish(stack, edge.signedIn, 'bad', { count: COUNT })
})

afterAll(() => running.disposeAsync())

const isPost = ({ path }: Asked) => path === '/operations'
const isEvents = ({ path }: Asked) => path.includes('/events?')
const isOperation = ({ path }: Asked) => path.startsWith('/operations')

/** What one call gives to somebody of whom nobody else makes requests, and what came of it. */
async function counted(
  open: (base: URL) => Promise<TestClient>,
  spells: { weather: Weather; where?: (asked: Asked) => boolean; times?: number }[],
  pause = 0.1,
) {
  const sub = crypto.randomUUID()
  const isTheirs = (asked: Asked) => spokenFor(asked) === `user:${sub}`
  for (const { weather, where = isOperation, times } of spells)
    edge.tunnel.turn(weather, (asked) => where(asked) && isTheirs(asked), times)
  await using client = await open(await edge.signedInAs({ sub, email: `${sub}@example.com` }))
  const progress: number[] = []
  const args = { to: TO, pause, why: sub }
  const result = await client.call('bad__count', args, (news) => progress.push(news.progress))
  const { items: executions } = ExecutionList.parse(
    await stack.read('/api/executions?tool=bad__count&limit=500'),
  )
  return {
    result,
    progress,
    outcomes: executions.flatMap((execution) =>
      execution.arguments['why'] === sub ? [execution.outcome] : [],
    ),
    passages: edge.tunnel.passages.filter((it) => isOperation(it) && isTheirs(it)),
  }
}

const WHOLE = {
  result: { isError: false, structured: { counted: TO } },
  progress: [1, 2, 3, 4, 5],
  outcomes: ['ok'],
}
const upstreams = (passages: Passage[]) => passages.map(({ upstream }) => upstream?.href)

test.each(CLIENTS)(
  '%s: a call whose connection breaks is gone on with at the other origin',
  async (_era, open) => {
    const { passages, ...call } = await counted(open, [
      { weather: { breakAfter: { lines: 3 } }, where: isPost, times: 1 },
    ])
    expect(call).toMatchObject(WHOLE)
    expect(passages).toMatchObject([
      { method: 'POST', path: '/operations', state: 'broken' },
      { method: 'GET', path: expect.stringMatching(/\/events\?after=[12]$/), state: 'whole' },
    ])
    expect(new Set(upstreams(passages)).size).toBe(2)
  },
)

const BREAKS = [1, 2, 3, 4, 5, 6].map((lines): [string, Weather] => [
  `a reset after line ${lines} of each stream`,
  { breakAfter: { lines } },
])

describe.concurrent.each(CLIENTS)(
  '%s: a call gives all that it said, once, through',
  (_era, open) => {
    test.each([
      // A reset takes with it what is on its way: after fewer lines nobody would ever hear more.
      ...BREAKS.slice(5),
      ['closing of idle connections', { hangsUp: true }],
      ['a slow drip', { drip: { bytes: 7, everyMs: 2 } }],
      ['cloudflared', { holds: 'declared lengths' }],
      ['a buffer of 200 bytes', { holds: { bytes: 200 } }],
      ['a buffer without end', { holds: { bytes: Number.POSITIVE_INFINITY } }],
      ['a read timeout shorter than its pauses', { readTimeoutMs: 40 }],
    ] satisfies [string, Weather][])('%s', async (_what, weather) => {
      expect(await counted(open, [{ weather }])).toMatchObject(WHOLE)
    })

    test.each<[string, Weather]>([
      ...BREAKS,
      ['a connection that is never answered', { mute: true }],
      ['a stream that stalls', { stallAfter: { lines: 2 } }],
      ['a stream that stalls inside a line', { stallAfter: { bytes: 60 } }],
      ...IN_PLACE_NAMES.map((instead): [string, Weather] => [instead, { instead }]),
    ])('%s, once', async (_what, weather) => {
      expect(await counted(open, [{ weather, times: 1 }])).toMatchObject(WHOLE)
    })

    test('a buffer without end, when it takes longer than an origin may to begin', async () => {
      const weather = { holds: { bytes: Number.POSITIVE_INFINITY } }
      expect(await counted(open, [{ weather }], 1.5)).toMatchObject(WHOLE)
    })

    test.each(IN_PLACE_NAMES)('a break, and %s where it is gone on with', async (instead) => {
      const spells = [
        { weather: { breakAfter: { lines: 3 } }, where: isPost, times: 1 },
        { weather: { instead }, where: isEvents, times: 3 },
      ]
      expect(await counted(open, spells)).toMatchObject(WHOLE)
    })
  },
)
