import { afterEach, describe, expect, test, vi } from 'vitest'
import { OperationRequest } from '#contract/operation.ts'
import { PROBLEM_TYPE } from '#contract/problem.ts'
import type { Caller } from '#gateway/origin.ts'
import { echo } from '#gateway/testing/tools.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { tunnelClient } from '../../testing/tunnel-to.ts'

/** What stands where the origin should, and answers in its place. */

afterEach(() => vi.unstubAllGlobals())

const ALICE: Caller = {
  principal: { kind: 'user', sub: 'alice', email: 'alice@example.com' },
  requestId: 'a-request-of-alice',
}
const open = new AbortController().signal
const impatient = () => tunnelClient(0)

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

/** RFC 9457 §3, as any server may say it. */
function foreignProblem(): Response {
  const body = { type: 'about:blank', title: 'Bad Gateway', status: 502, detail: 'No.' }
  return Response.json(body, { status: 502, headers: { 'content-type': PROBLEM_TYPE } })
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
  ['a problem that is not ours', foreignProblem],
  ['JSON that breaks', brokenJson],
]

describe.each(IN_PLACE)('%s in the place of the origin', (_what, answer) => {
  test('is no answer of the origin, whatever is asked', async () => {
    answers(answer)
    const client = impatient()
    const away = { problem: { code: 'origin_unreachable' } }
    await expect(client.catalog(ALICE, open)).rejects.toMatchObject(away)
    await expect(client.operate(ALICE, asked(), open).next()).rejects.toMatchObject(away)
    await expect(client.changes(ALICE, open).next()).rejects.toMatchObject(away)
  })

  test('does not keep anybody from the last known catalog', async () => {
    fetchToOrigin({ echo })
    const client = impatient()
    const known = await client.catalog(ALICE, open)
    answers(answer)
    expect(await client.catalog(ALICE, open)).toEqual(known)
  })
})

test.each([
  ['other JSON', () => Response.json({ hello: 'world' })],
  ['nothing at all', () => new Response(null, { status: 204 })],
])('%s is no catalog, and does not keep anybody from the last known one', async (_what, answer) => {
  fetchToOrigin({ echo })
  const client = impatient()
  const known = await client.catalog(ALICE, open)
  answers(answer)
  expect(await client.catalog(ALICE, open)).toEqual(known)
})

test('a page that says that all is well does not count as a cancellation that was heard', async () => {
  const { scripted } = fetchToOrigin({ echo })
  const stubbed = globalThis.fetch
  let asks = 0
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) =>
    ++asks === 1 ? page(200)() : stubbed(url, init),
  )
  const { op_id: opId } = asked()
  await impatient().cancel(ALICE, opId)
  expect(scripted.cancelled).toEqual([opId])
})

describe('whether a call was begun', () => {
  const messageOf = async () =>
    impatient()
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
  const client = tunnelClient(300, { pauseMs: { first: 200, longest: 60_000 } })
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
