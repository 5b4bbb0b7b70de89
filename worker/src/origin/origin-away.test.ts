import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { OperationRequest } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import { echo } from '#gateway/testing/tools.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { readConfig } from '../config.ts'
import { CatalogCache } from './catalog-cache.ts'
import { TunnelClient } from './tunnel-client.ts'
import { OriginAway, TunnelDoor } from './tunnel-door.ts'

/** What stands where the origin should, and answers in its place. */

afterEach(() => vi.unstubAllGlobals())

const ALICE: Principal = { kind: 'user', sub: 'alice', email: 'alice@example.com' }
const open = new AbortController().signal

function tunnelDoor() {
  const read = readConfig(env)
  if (!read.ok) throw new Error(read.missing)
  return new TunnelDoor(read.config.origin)
}

function impatient(door: TunnelDoor) {
  return new TunnelClient(door, {
    patienceMs: 0,
    overtimeMs: 1,
    pauseMs: { first: 1, longest: 1 },
  })
}

/** Answers so from now on, whoever asks. */
function answers(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async () => answer())
}

/** Breaks after so much of a body that declares itself JSON. */
function brokenJson(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"etag":'))
    },
    pull(controller) {
      controller.error(new TypeError('Network connection lost.'))
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

const page = (status: number) => () =>
  new Response('<title>Welcome</title>', { status, headers: { 'content-type': 'text/html' } })

const IN_PLACE: [string, () => Response][] = [
  ['a page that says that all is well', page(200)],
  ['a page without a type', () => new Response('well')],
  [
    'a sign-in page',
    () => new Response(null, { status: 302, headers: { location: 'https://a.b' } }),
  ],
  ['a page that forbids', page(403)],
  ['an error of the tunnel', page(530)],
  ['JSON that is no problem of ours', () => Response.json({ error: 'no' }, { status: 500 })],
  ['JSON that breaks', brokenJson],
]

describe.each(IN_PLACE)('%s in the place of the origin', (_what, answer) => {
  test('is no answer of the origin, whatever is asked', async () => {
    answers(answer)
    const client = impatient(tunnelDoor())
    const away = { problem: { code: 'origin_unreachable' } }
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject(away)
    await expect(client.operate(ALICE, asked(), open).next()).rejects.toMatchObject(away)
    await expect(client.changes(ALICE, open).next()).rejects.toMatchObject(away)
  })

  test('does not keep anybody from the last known catalog', async () => {
    fetchToOrigin({ echo })
    const client = impatient(tunnelDoor())
    const known = await client.catalog(ALICE, open)
    answers(answer)
    expect(await client.catalog(ALICE, open)).toEqual(known)
  })
})

test('a page that says that all is well does not count as a cancellation that was heard', async () => {
  const { scripted } = fetchToOrigin({ echo })
  const stubbed = globalThis.fetch
  let asks = 0
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) =>
    ++asks === 1 ? page(200)() : stubbed(url, init),
  )
  const { op_id: opId } = asked()
  await impatient(tunnelDoor()).cancel(ALICE, opId)
  expect(scripted.cancelled).toEqual([opId])
})

test('a catalog of which only the beginning comes is not waited for without end', async () => {
  const door = tunnelDoor()
  answers(() => {
    const body = new ReadableStream({ pull: () => new Promise<void>(() => {}) })
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  })
  const request = { method: 'GET', path: '/catalog', answerMs: 5, signal: open } as const
  await expect(door.askForJson(ALICE, request)).rejects.toThrow(OriginAway)
})

test('an origin that came back is not said to be away since before that', async () => {
  const { origin } = fetchToOrigin({ echo })
  const door = tunnelDoor()
  const catalogs = new CatalogCache(door)
  await catalogs.get(ALICE, open)
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z'), toFake: ['Date'] })
  try {
    origin.weather.push('dead')
    await catalogs.get(ALICE, open)
    const refused = () => door.reachability.refusal(null).problem.message
    expect(refused()).toContain('since 2026-01-01T00:00:00')
    await catalogs.get(ALICE, open)
    vi.setSystemTime(new Date('2026-01-01T09:00:00Z'))
    origin.weather.push('dead')
    await catalogs.get(ALICE, open)
    expect(refused()).toContain('since 2026-01-01T09:00:00')
  } finally {
    vi.useRealTimers()
  }
})

describe('whether a call was begun', () => {
  const messageOf = async () =>
    impatient(tunnelDoor())
      .operate(ALICE, asked(), open)
      .next()
      .then(String, (error: Error) => error.message)

  test('is known not to be where something else answered', async () => {
    answers(page(530))
    expect(await messageOf()).not.toContain('Whether this call was begun')
  })

  test.each([
    ['nobody answered', () => Promise.reject(new TypeError('Network connection lost.'))],
    ['the origin took too long for those in between', page(524)],
  ])('is said not to be known where %s', async (_why, answer) => {
    answers(answer)
    expect(await messageOf()).toContain('Whether this call was begun there is not known.')
  })
})

test('a call is offered until the end of patience, not only until the last pause that fits in', async () => {
  const { origin, scripted } = fetchToOrigin({ echo })
  origin.weather.push('dead', 'dead')
  const client = new TunnelClient(tunnelDoor(), {
    patienceMs: 300,
    overtimeMs: 1,
    pauseMs: { first: 200, longest: 60_000 },
  })
  const { value } = await client.operate(ALICE, asked(), open).next()
  expect(value).toMatchObject({ type: 'accepted' })
  expect(scripted.operations).toHaveLength(1)
})

function asked(): OperationRequest {
  return OperationRequest.parse({
    op_id: crypto.randomUUID(),
    method: 'tools/call',
    params: { name: 'echo', arguments: {} },
    era: 'modern',
    client: null,
    deadline_ms: 60_000,
  })
}
