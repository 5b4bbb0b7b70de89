import { afterEach, describe, expect, test, vi } from 'vitest'
import { OperationRequest, type OperationEvent } from '#contract/operation.ts'
import type { RemotePrincipal } from '#contract/principal.ts'
import { PROBLEM_TYPE } from '#contract/problem.ts'
import { OriginRefusal, type Caller } from '#gateway/origin.ts'
import type { ScriptedTool } from '#gateway/testing/scripted-program.ts'
import { counting, echo, held } from '#gateway/testing/tools.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { tunnelClient } from '../../testing/tunnel-to.ts'

afterEach(() => vi.unstubAllGlobals())

const alice: RemotePrincipal = { kind: 'user', sub: 'alice', email: 'alice@example.com' }
const ALICE: Caller = { principal: alice, requestId: 'a-request-of-alice' }
const open = new AbortController().signal

function tunnelTo(tools: Record<string, ScriptedTool>, patienceMs?: number) {
  return { ...fetchToOrigin(tools), client: tunnelClient(patienceMs) }
}

function asked(name: string, args = {}): OperationRequest {
  return OperationRequest.parse({
    op_id: crypto.randomUUID(),
    method: 'tools/call',
    params: { name, arguments: args },
    era: 'modern',
    client: null,
    deadline_ms: 60_000,
  })
}

async function eventsOf(events: AsyncIterable<OperationEvent>): Promise<OperationEvent[]> {
  const all: OperationEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

const COUNTED = [
  { type: 'accepted' },
  { type: 'progress', seq: 1, progress: 1 },
  { type: 'progress', seq: 2, progress: 1 },
  { type: 'progress', seq: 3, progress: 2 },
  { type: 'result', seq: 4 },
]

describe('every request to the origin', () => {
  test('carries a statement about itself, good for 30 s, and once', async () => {
    const { client, origin } = tunnelTo({ echo })
    const request = asked('echo')
    await eventsOf(client.operate(ALICE, request, open))
    await client.catalog(ALICE, open)
    await client.cancel(ALICE, request.op_id)
    const claims = origin.seen.map((seen) => seen.claims)
    expect(claims).toMatchObject([
      { mth: 'POST', pth: '/operations', sub: 'user:alice', principal: alice },
      { mth: 'GET', pth: '/catalog', sub: 'user:alice' },
      { mth: 'POST', pth: `/operations/${request.op_id}/cancel`, sub: 'user:alice' },
    ])
    expect(new Set(claims.map((claim) => claim.jti)).size).toBe(3)
    for (const { iat, exp } of claims) expect(exp - iat).toBeLessThanOrEqual(30)
  })

  test('carries the id of the request that asked', async () => {
    const { client, origin } = tunnelTo({ echo })
    const request = asked('echo')
    await eventsOf(client.operate(ALICE, request, open))
    expect(origin.seen[0]?.headers.get('x-request-id')).toBe(ALICE.requestId)
  })

  test('is made for people and services only', async () => {
    const { client } = tunnelTo({ echo })
    const asLocal = client.catalog({ ...ALICE, principal: { kind: 'local' } }, open)
    await expect(asLocal).rejects.toThrow('local cannot come through the tunnel')
  })
})

describe('a stream that breaks', () => {
  test('is taken up after the last event, without a gap or a repetition', async () => {
    const { client, origin, scripted } = tunnelTo({ counting })
    origin.weather.push('cut')
    const request = asked('counting')
    expect(await eventsOf(client.operate(ALICE, request, open))).toMatchObject(COUNTED)
    expect(origin.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /operations',
      `GET /operations/${request.op_id}/events?after=1`,
    ])
    expect(scripted.operations).toHaveLength(1)
  })

  test('is taken up again and again', async () => {
    const { client, origin, scripted } = tunnelTo({ counting })
    origin.weather.push('cut', 'dead', 'bad_gateway', 'dead')
    const events = await eventsOf(client.operate(ALICE, asked('counting'), open))
    expect(events).toMatchObject(COUNTED)
    expect(scripted.operations).toHaveLength(1)
  })

  test('is given up at the deadline', async () => {
    const slow = held()
    const { client, origin } = tunnelTo({
      slow: async function* (run) {
        yield { type: 'progress', progress: 1 }
        return yield* slow.tool(run)
      },
    })
    origin.weather.push('cut', ...Array<'dead'>(1_000).fill('dead'))
    const soon = { ...asked('slow'), deadline_ms: 20 }
    await expect(eventsOf(client.operate(ALICE, soon, open))).rejects.toMatchObject({
      problem: { code: 'origin_unreachable' },
    })
  })
})

describe('an operation that takes the place of the one asked for', () => {
  const other = crypto.randomUUID()

  test('is the one whose stream is taken up', async () => {
    const { client } = tunnelTo({})
    const paths: string[] = []
    vi.stubGlobal('fetch', async (url: URL | string) => {
      const { pathname, search } = new URL(url)
      paths.push(pathname + search)
      const result = { type: 'result', seq: 1, result: {} }
      const line = paths.length === 1 ? { type: 'accepted', op_id: other } : result
      const headers = { 'content-type': 'application/x-ndjson' }
      return new Response(`${JSON.stringify(line)}\n`, { headers })
    })
    const events = await eventsOf(client.operate(ALICE, asked('slow'), open))
    expect(events.map(({ type }) => type)).toEqual(['accepted', 'result'])
    expect(paths).toEqual(['/operations', `/operations/${other}/events?after=0`])
  })
})

test('an operation is parked under its id', async () => {
  const { client, scripted } = tunnelTo({ slow: held().tool })
  const { op_id: opId } = asked('slow')
  await client.park(ALICE, opId)
  expect(scripted.parked).toEqual([opId])
})

test('an operation that outlives its deadline is not waited for', async () => {
  const { client } = tunnelTo({ slow: held().tool })
  const soon = { ...asked('slow'), deadline_ms: 1 }
  await expect(eventsOf(client.operate(ALICE, soon, open))).rejects.toMatchObject({
    problem: { code: 'origin_unreachable' },
  })
})

describe('an origin that is away', () => {
  test('is offered an operation again, under the same id', async () => {
    const { client, origin, scripted } = tunnelTo({ echo })
    origin.weather.push('dead', 'bad_gateway', 'dead')
    const request = asked('echo')
    expect(await eventsOf(client.operate(ALICE, request, open))).toMatchObject([
      { type: 'accepted', op_id: request.op_id },
      { type: 'result', seq: 1 },
    ])
    expect(scripted.operations).toHaveLength(1)
  })

  test('is told of, with since when and what to do, when patience ends', async () => {
    const { client, origin } = tunnelTo({ echo }, 0)
    origin.weather.push('dead')
    const refused = eventsOf(client.operate(ALICE, asked('echo'), open))
    await expect(refused).rejects.toThrow(OriginRefusal)
    await expect(refused).rejects.toMatchObject({
      problem: {
        code: 'origin_unreachable',
        message: expect.stringMatching(/unreachable since \d{4}-.*check that/),
      },
    })
  })

  test('does not keep anybody from the last known catalog', async () => {
    const { client, origin } = tunnelTo({ echo })
    const known = await client.catalog(ALICE, open)
    origin.weather.push('dead')
    expect(await client.catalog(ALICE, open)).toEqual(known)
  })

  test('has no catalog for somebody new', async () => {
    const { client, origin } = tunnelTo({ echo })
    await client.catalog(ALICE, open)
    origin.weather.push('dead')
    const other: Caller = { ...ALICE, principal: { kind: 'service', clientId: 'abc' } }
    await expect(client.catalog(other, open)).rejects.toMatchObject({
      problem: { code: 'origin_unreachable' },
    })
  })

  test('is asked three times to cancel', async () => {
    const { client, origin, scripted } = tunnelTo({ echo })
    origin.weather.push('dead', 'dead')
    const { op_id } = asked('echo')
    await client.cancel(ALICE, op_id)
    expect(scripted.cancelled).toEqual([op_id])
  })
})

describe('what answers in the place of the origin', () => {
  const SAYS: [string, () => Response][] = [
    ['a page with status 200', () => new Response('<h1>Hi</h1>', HTML)],
    ['a sign-in page of Access', () => Response.redirect('https://team.cloudflareaccess.com', 302)],
    ['JSON that is no problem', () => Response.json({ error: 'no' }, { status: 502 })],
    [
      'half a problem',
      () => new Response('{"code":', { status: 502, headers: { 'content-type': PROBLEM_TYPE } }),
    ],
  ]
  test.each(SAYS)('is not taken for it: %s', async (_what, response) => {
    const { client } = tunnelTo({ echo })
    vi.stubGlobal('fetch', async () => response())
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject({
      problem: { code: 'origin_unreachable' },
    })
  })

  test('is not waited for longer than an answer may take, even when it has begun', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { client } = tunnelTo({ echo })
    vi.stubGlobal('fetch', async (_url: URL, { signal }: RequestInit) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"etag":'))
          signal?.addEventListener('abort', () => controller.error(signal.reason))
        },
      })
      queueMicrotask(() => vi.advanceTimersByTime(15_000))
      return new Response(body, { headers: JSON_TYPE })
    })
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject({
      problem: { code: 'origin_unreachable' },
    })
    vi.useRealTimers()
  })
})

const JSON_TYPE = { 'content-type': 'application/json' }
const HTML = { headers: { 'content-type': 'text/html' } }

describe('the origin’s own no', () => {
  test('is passed on, and not tried again', async () => {
    const { client, origin, scripted } = tunnelTo({ echo })
    scripted.refusal = new OriginRefusal({ code: 'not_approved', message: 'Not for you.' })
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject({
      problem: { code: 'not_approved', message: 'Not for you.' },
    })
    expect(origin.seen).toHaveLength(1)
  })

  test('about the token names the token', async () => {
    const world = fetchToOrigin({ echo })
    const bindings = { SERVICE_TOKEN: 'the service token of yesterday, long ago' }
    const client = tunnelClient(60_000, { bindings })
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject({
      problem: { code: 'service_token_mismatch' },
    })
    expect(world.origin.seen).toEqual([])
  })
})

test('an unchanged catalog is not sent twice', async () => {
  const { client, origin, scripted } = tunnelTo({ echo })
  const first = await client.catalog(ALICE, open)
  expect(await client.catalog(ALICE, open)).toBe(first)
  scripted.changeCatalog()
  expect((await client.catalog(ALICE, open)).etag).not.toBe(first.etag)
  expect(origin.seen.map((seen) => seen.headers.get('if-none-match'))).toEqual([null, '"1"', '"1"'])
})

test('nobody waits any longer once the signal aborts', async () => {
  const slow = held()
  const { client } = tunnelTo({ slow: slow.tool })
  const stop = new AbortController()
  const events = eventsOf(client.operate(ALICE, asked('slow'), stop.signal))
  await slow.started
  stop.abort(new Error('enough'))
  await expect(events).rejects.toThrow('enough')
})
