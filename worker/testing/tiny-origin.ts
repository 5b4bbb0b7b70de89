import { decodeJwt, jwtVerify } from 'jose'
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_HEADER,
  ASSERTION_ISSUER,
  AssertionClaims,
  REQUEST_ID_HEADER,
  SERVICE_TOKEN_HEADER,
} from '#contract/assertion.ts'
import { pongTo, type Pong } from '#contract/deploy-proof.ts'
import { OperationRequest, OpId, type OperationEvent } from '#contract/operation.ts'
import { PROBLEM_TYPE, problemBody, type Problem } from '#contract/problem.ts'
import { OriginRefusal, type Caller } from '#gateway/origin.ts'
import type { ScriptedOrigin } from '#gateway/testing/scripted-origin.ts'
import { sha256 } from '#gateway/wire/sha256.ts'
import { Journal } from './journal.ts'

export interface Keys {
  serviceToken: string
  assertionKey: string
}

/** How the tunnel behaves for a request. */
export type Weather =
  /** Nobody answers. */
  | 'dead'
  /** Something in between answers, in HTML. */
  | 'bad_gateway'
  /** The stream is cut after its first two lines. */
  | 'cut'
  /** The request arrives, its answer does not. */
  | 'unheard'

/** The tunnel door of an origin whose tools are scripted: it admits as the contract says. */
export interface TinyOrigin {
  handle(request: Request): Promise<Response>
  /** Every admitted request, as it came. */
  readonly seen: { method: string; path: string; headers: Headers; claims: AssertionClaims }[]
  /** For the next requests; each is used up by one. */
  readonly weather: Weather[]
  /** Weather that lasts until it is another one, before any that is used up. */
  climate: Weather | null
}

export function tinyOrigin(scripted: ScriptedOrigin, keys: Keys): TinyOrigin {
  const used = new Set<string>()
  const operations = new Map<string, Journal>()
  const seen: TinyOrigin['seen'] = []
  const weather: Weather[] = []

  async function handle(request: Request): Promise<Response> {
    const today = origin.climate ?? weather.shift()
    if (today === 'dead') throw new TypeError('Network connection lost.')
    if (today === 'bad_gateway') return new Response('<h1>502</h1>', { status: 502 })
    try {
      const claims = await admit(request, keys, used)
      const { method, headers } = request
      seen.push({ method, path: claims.pth, headers, claims })
      const caller = {
        principal: claims.principal,
        requestId: headers.get(REQUEST_ID_HEADER) ?? '',
      }
      const answered = await answer(request, caller, today === 'cut' ? 2 : Infinity)
      if (today !== 'unheard') return answered
      await answered.body?.getReader().read()
      throw new TypeError('Network connection lost.')
    } catch (error) {
      if (!(error instanceof OriginRefusal)) throw error
      return refuse(error.problem)
    }
  }

  async function answer(request: Request, as: Caller, lines: number): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const [, opId = '', act] = pathname.match(/^\/operations\/([^/]+)\/(\w+)$/) ?? []
    if (pathname === '/ping')
      return Response.json({ pong: await pongTo(as.requestId, keys.assertionKey) } satisfies Pong)
    if (pathname === '/catalog') return catalog(request, as)
    if (pathname === '/changes')
      return ndjson(scripted.changes(as, request.signal), lines, request.signal)
    if (act === 'events')
      return ndjson(journalOf(opId).after(Number(searchParams.get('after'))), lines, request.signal)
    if (act === 'cancel') {
      await scripted.cancel(as, OpId.parse(opId))
      return new Response(null, { status: 204 })
    }
    if (act === 'park') {
      await scripted.park(as, OpId.parse(opId))
      return new Response(null, { status: 204 })
    }
    const asked = OperationRequest.parse(await request.json())
    return ndjson(start(as, asked), lines, request.signal)
  }

  async function catalog(request: Request, as: Caller): Promise<Response> {
    const now = await scripted.catalog(as, request.signal)
    const etag = `"${now.etag}"`
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304 })
    return Response.json(now, { headers: { etag } })
  }

  /** An operation runs on, whoever listens; asked for again, it is only listened to. */
  async function* start(as: Caller, asked: OperationRequest): AsyncGenerator<OperationEvent> {
    if (!operations.has(asked.op_id)) {
      const journal = new Journal()
      operations.set(asked.op_id, journal)
      void run(as, asked, journal)
    }
    yield { type: 'accepted', op_id: asked.op_id }
    yield* journalOf(asked.op_id).after(0)
  }

  async function run(as: Caller, asked: OperationRequest, journal: Journal): Promise<void> {
    try {
      for await (const event of scripted.operate(as, asked, running)) journal.add(event)
    } catch (error) {
      if (!(error instanceof OriginRefusal)) throw error
      journal.add({ type: 'problem', seq: 1, problem: error.problem })
    }
  }

  function journalOf(opId: string): Journal {
    const journal = operations.get(opId)
    if (!journal) throw new OriginRefusal(OPERATION_UNKNOWN)
    return journal
  }

  const origin: TinyOrigin = { handle, seen, weather, climate: null }
  return origin
}

/** Nobody stops an operation but who cancels it. */
const running = new AbortController().signal

const OPERATION_UNKNOWN = { code: 'operation_unknown', message: 'No such operation.' } as const

/** Contract of the tunnel door: the token, and a statement about this very request, once. */
async function admit(request: Request, keys: Keys, used: Set<string>): Promise<AssertionClaims> {
  if (request.headers.get(SERVICE_TOKEN_HEADER) !== keys.serviceToken) {
    throw new OriginRefusal({ code: 'service_token_mismatch', message: 'Not the service token.' })
  }
  const assertion = request.headers.get(ASSERTION_HEADER) ?? ''
  const { payload } = await jwtVerify(assertion, new TextEncoder().encode(keys.assertionKey), {
    algorithms: [ASSERTION_ALGORITHM],
    issuer: ASSERTION_ISSUER,
    audience: ASSERTION_AUDIENCE,
  })
  const claims = AssertionClaims.parse(payload)
  const { pathname, search } = new URL(request.url)
  const body = await request.clone().arrayBuffer()
  const digest = await sha256(body)
  const aboutThis =
    claims.mth === request.method && claims.pth === pathname + search && claims.bdg === digest
  if (!aboutThis)
    throw new OriginRefusal({ code: 'assertion_invalid', message: 'Another request.' })
  if (used.has(claims.jti)) {
    throw new OriginRefusal({ code: 'assertion_replayed', message: 'Used before.' })
  }
  used.add(claims.jti)
  return claims
}

/** Whom an assertion is about, unverified; whoever it is, it may still be refused. */
export function subjectOf(assertion: string | null): string {
  return assertion === null ? '' : (decodeJwt(assertion).sub ?? '')
}

function refuse(problem: Problem): Response {
  const headers = { 'content-type': PROBLEM_TYPE }
  return Response.json(problemBody(problem), { status: 403, headers })
}

/** A stream that is cut does not end: it breaks, as a lost connection does. */
function ndjson(lines: AsyncIterable<unknown>, most: number, signal: AbortSignal): Response {
  const iterator = lines[Symbol.asyncIterator]()
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
    async pull(controller) {
      if (sent++ === most) return controller.error(new TypeError('Network connection lost.'))
      const step = await iterator.next()
      if (step.done) return controller.close()
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify(step.value)}\n`))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
}
