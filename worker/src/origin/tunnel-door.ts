import { ASSERTION_HEADER, REQUEST_ID_HEADER, SERVICE_TOKEN_HEADER } from '#contract/assertion.ts'
import { principalKey, RemotePrincipal, type Principal } from '#contract/principal.ts'
import {
  PROBLEM_TYPE,
  ProblemBody,
  problemOf,
  type Problem,
  type ProblemCode,
} from '#contract/problem.ts'
import { OriginRefusal, type Caller } from '#gateway/origin.ts'
import { note } from '../log.ts'
import { AssertionSigner } from './assertion-signer.ts'
import { OriginAway, whoAnswered, whyNobody } from './origin-away.ts'
import type { OriginSettings } from './origin-settings.ts'
import type { Reachability } from './reachability.ts'

export interface DoorRequest {
  method: 'GET' | 'POST'
  /** Path and query, from the root of the tunnel door. */
  path: string
  body?: string
  headers?: Record<string, string>
  /** How long the origin may take, in milliseconds: to begin a stream, or for a whole answer. 15 s unless given. */
  answerMs?: number
  /** Ends the request, and the reading of its answer. */
  signal: AbortSignal
}

const ANSWER_MS = 15_000

/** Refusals that say that the origin is there but cannot work yet. */
const PASSING = new Set<ProblemCode>(['origin_unreachable', 'database_unreachable'])

/**
 * The tunnel door of the origin: one signed HTTP request at a time. Nothing of the client's own
 * request travels here but what was made a part of the body, and of the answer nobody sees a
 * header. Each throws OriginRefusal for the origin's own no, OriginAway when it was not the origin
 * that answered, or nobody, and the signal's reason when that aborts.
 */
export class TunnelDoor {
  readonly #origin: OriginSettings
  readonly #signer: AssertionSigner
  readonly #reachability: Reachability

  constructor(origin: OriginSettings, reachability: Reachability) {
    this.#origin = origin
    this.#reachability = reachability
    this.#signer = new AssertionSigner(origin.assertionKey)
  }

  /** Asks in the name of a caller for a stream, which its reader watches. */
  async ask(as: Caller, request: DoorRequest): Promise<Response> {
    return this.#ask(as, request, async (response) => response)
  }

  /** Asks for an answer that is read whole, within the same time; its JSON is null where it has no body. */
  async askWhole(as: Caller, request: DoorRequest): Promise<{ status: number; json: unknown }> {
    return this.#ask(as, request, async (response) => ({
      status: response.status,
      json: isBodiless(response) ? null : await response.json(),
    }))
  }

  async #ask<T>(
    as: Caller,
    request: DoorRequest,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { url, init } = await this.#signed(as, request)
    const slow = new AbortController()
    const signal = AbortSignal.any([request.signal, slow.signal])
    const timer = setTimeout(() => slow.abort(), request.answerMs ?? ANSWER_MS)
    try {
      const response = await this.#origin.fetch(url, { ...init, signal })
      const answer = (await isOrigins(response)) ? await read(response) : null
      if (answer === null) throw whoAnswered(response, this.#origin)
      this.#reachability.sawIt()
      return answer
    } catch (thrown) {
      request.signal.throwIfAborted()
      throw this.#noted(thrown, as, request)
    } finally {
      clearTimeout(timer)
    }
  }

  #noted(thrown: unknown, { requestId }: Caller, { path }: DoorRequest): Error {
    if (thrown instanceof OriginRefusal) {
      note('origin_refused', { request_id: requestId, path, code: thrown.problem.code })
      this.#reachability.sawIt()
      return thrown
    }
    const away = thrown instanceof OriginAway ? thrown : whyNobody(thrown)
    note('origin_away', { request_id: requestId, path, away: away.away, why: away.message })
    this.#reachability.missedIt()
    return away
  }

  async #signed(
    { principal, requestId }: Caller,
    { method, path, body = '', headers }: DoorRequest,
  ): Promise<{ url: URL; init: RequestInit }> {
    const { access, serviceToken } = this.#origin
    const url = new URL(path, this.#origin.url)
    const asserted = { method, path: url.pathname + url.search, body }
    const assertion = await this.#signer.sign(remote(principal), asserted)
    const init: RequestInit = {
      method,
      headers: {
        ...headers,
        ...(body !== '' && { 'content-type': 'application/json' }),
        [SERVICE_TOKEN_HEADER]: serviceToken,
        [ASSERTION_HEADER]: assertion,
        [REQUEST_ID_HEADER]: requestId,
        ...(access && {
          'cf-access-client-id': access.clientId,
          'cf-access-client-secret': access.clientSecret,
        }),
      },
      redirect: 'manual',
      ...(body !== '' && { body }),
    }
    return { url, init }
  }
}

/** The Worker lets nobody else in, so that anyone else here is a fault. */
function remote(principal: Principal): RemotePrincipal {
  const parsed = RemotePrincipal.safeParse(principal)
  if (!parsed.success) throw new Error(`${principalKey(principal)} cannot come through the tunnel`)
  return parsed.data
}

/** True for an answer of the origin. Throws for its own no; false for what something else said. */
async function isOrigins(response: Response): Promise<boolean> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (response.ok || isBodiless(response)) {
    if (isBodiless(response) || OURS.has(type)) return true
  } else if (type === PROBLEM_TYPE) {
    const parsed = ProblemBody.safeParse(await response.json().catch(() => null))
    if (parsed.success) throw refusalOf(problemOf(parsed.data))
    return false
  }
  await response.body?.cancel()
  return false
}

/** RFC 9110 §15.3.5 and §15.4.5. */
function isBodiless({ status }: Response): boolean {
  return status === 204 || status === 304
}

const OURS = new Set(['application/json', 'application/x-ndjson'])

function refusalOf(problem: Problem): Error {
  return PASSING.has(problem.code)
    ? new OriginAway('not_ready', problem.message)
    : new OriginRefusal(problem)
}
