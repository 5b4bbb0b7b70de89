import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { ExecutionList, type ExecutionView } from '#contract/admin-api.ts'
import { HEARTBEAT_MS } from '#contract/limits.ts'
import { readStream } from '#gateway/testing/stream-reader.ts'
import { call, modernPost } from '#gateway/testing/posts.ts'
import { openSession } from '#gateway/testing/session.ts'
import { legacyClient, modernClient, type ClientSettings, type TestClient } from './clients.ts'
import { publish } from './publish.ts'
import { startEdge, startStack, type Edge, type Stack } from './stack.ts'
import { spokenFor } from './tunnel/spoken-for.ts'
import { startTunnel, type Tunnel } from './tunnel/tunnel.ts'
import { wireTo } from './wire.ts'

/**
 * Two origins behind a real Worker, with a proxy on each side of it that gives up on a silence of
 * little more than a heartbeat. With `MCPBOX_TEST_FULL_SILENCE=1` both are as patient as Cloudflare
 * was seen to be, and what is silent is so for longer than that.
 */

const isFull = process.env['MCPBOX_TEST_FULL_SILENCE'] === '1'
const READ_TIMEOUT_MS = isFull ? 100_000 : HEARTBEAT_MS + 1_000
/** Long enough for both proxies to give up on an answer that says nothing. */
const SILENT_S = isFull ? 125 : 35
const SHORTER_S = 35
/** The heartbeat by which it is noticed, and some time for that to get around. */
const NOTICED_MS = HEARTBEAT_MS + 5_000

const TOOLS = {
  silent: {
    code: `
import asyncio

async def main(seconds: float, why: str):
    """Says nothing for a long time."""
    await asyncio.sleep(seconds)
    return {"slept": seconds}
`,
    timeout_ms: 200_000,
  },
}

const CLIENTS: [string, (base: URL, settings?: ClientSettings) => Promise<TestClient>][] = [
  ['legacy', legacyClient],
  ['modern', modernClient],
]

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack
let edge: Edge
/** The way of clients to the Worker. */
let street: Tunnel
let person: URL

beforeAll(async () => {
  const started = running.use(
    await startStack({ databaseServer: inject('postgresUrl'), origins: 2 }),
  )
  stack = started
  edge = running.use(await startEdge(started))
  street = running.use(await startTunnel([edge.worker]))
  person = await signedInAs('ada')
  await publish(stack, person, 'slow', TOOLS)
  for (const way of [street, edge.tunnel]) way.turn({ readTimeoutMs: READ_TIMEOUT_MS })
})

afterAll(() => running.disposeAsync())

async function signedInAs(sub: string): Promise<URL> {
  const front = await edge.access.front({ sub, email: `${sub}@example.com` })
  front.aimAt(street.url)
  return front.url
}

/** How the calls went that were made for this reason. */
async function executionsFor(tool: string, why: string): Promise<ExecutionView[]> {
  const { items: executions } = ExecutionList.parse(
    await stack.read(`/api/executions?tool=${tool}`),
  )
  return executions.filter((execution) => execution.arguments['why'] === why)
}

/** Calls a tool without a library, for what a library does not show. */
async function rawCall(
  era: string,
  args: object,
  { at = person, leaving }: { at?: URL; leaving?: AbortSignal } = {},
): Promise<Response> {
  const wire = wireTo(at, leaving)
  const params = { name: 'slow__silent', arguments: args }
  if (era === 'modern') return wire.handle(modernPost('tools/call', params), NOBODY)
  const session = await openSession(wire, NOBODY)
  return session.post(call(1, params.name, args))
}
const NOBODY = { kind: 'local' } as const

describe.concurrent.each(CLIENTS)('%s, while a tool is silent for long', (era, open) => {
  test('a call outlives the read timeouts of both proxies', { timeout: 240_000 }, async () => {
    // A client by whose name it is known to wait that long.
    await using client = await open(person, { name: 'claude-ai', timeoutMs: 200_000 })
    const why = `${era}: silence`
    const result = await client.call('slow__silent', { seconds: SILENT_S, why })
    expect(result).toMatchObject({ isError: false, structured: { slept: SILENT_S } })
    expect(await executionsFor('slow__silent', why)).toMatchObject([{ outcome: 'ok' }])
  })

  test('the answer begins at once, as a stream that nothing keeps back', async () => {
    const why = `${era}: headers`
    const answer = await rawCall(era, { seconds: SHORTER_S, why })
    // Nobody reports a call before it has ended.
    expect(await executionsFor('slow__silent', why)).toEqual([])
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(answer.headers.get('cache-control')).toContain('no-transform')
    expect(answer.headers.get('x-accel-buffering')).toBe('no')
    expect(answer.headers.get('content-length')).toBeNull()
    const stream = readStream(answer)
    await stream.until(/^: /)
    expect(await executionsFor('slow__silent', why)).toEqual([])
    await stream.end()
    expect(stream.messages()).toMatchObject([
      { result: { structuredContent: { slept: SHORTER_S } } },
    ])
  })

  test('a client that leaves is noticed within a heartbeat', async () => {
    const why = `${era}: left`
    const at = await signedInAs(era)
    const leaving = new AbortController()
    await readStream(
      await rawCall(era, { seconds: SHORTER_S, why }, { at, leaving: leaving.signal }),
    ).until(/^: /)
    const theirs = () => edge.tunnel.passages.filter((it) => spokenFor(it) === `user:${era}`)
    const followed = () => theirs().find(({ path }) => path === '/operations')?.state
    expect(followed()).toBe('under way')
    leaving.abort()
    await vi.waitFor(() => expect(followed()).toBe('broken'), { timeout: NOTICED_MS })
    const cancels = () => theirs().filter(({ path }) => path.endsWith('/cancel'))
    const most = era === 'modern' ? 1 : 0
    await vi.waitFor(() => expect(cancels()).toHaveLength(most), { timeout: NOTICED_MS })
    const outcome = await vi.waitFor(
      async () => {
        const [ended] = await executionsFor('slow__silent', why)
        expect(ended).toBeDefined()
        return ended!.outcome
      },
      { timeout: 60_000, interval: 500 },
    )
    // The modern era's way to cancel; in the legacy era the call runs on, for its client to come back.
    expect(outcome).toBe(era === 'modern' ? 'killed' : 'ok')
    expect(cancels()).toHaveLength(most)
  })
})
