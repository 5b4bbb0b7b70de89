import { ASSERTION_HEADER, REQUEST_ID_HEADER, SERVICE_TOKEN_HEADER } from '#contract/assertion.ts'
import { principalKey, RemotePrincipal, type Principal } from '#contract/principal.ts'
import { ProblemBody, type ProblemCode } from '#contract/problem.ts'
import { OriginRefusal } from '#gateway/origin.ts'
import type { Config } from '../config.ts'
import { AssertionSigner } from './assertion-signer.ts'
import { Reachability } from './reachability.ts'
import { within } from './within.ts'

/** The origin did not answer, or something else answered in its place. Worth another try. */
export class OriginAway extends Error {
  override readonly name = 'OriginAway'
  /** False when something else answered, so that the origin did not hear of the request. */
  readonly mayHaveHeard: boolean

  constructor(message: string, options: { cause?: unknown; mayHaveHeard: boolean }) {
    super(message, { cause: options.cause })
    this.mayHaveHeard = options.mayHaveHeard
  }
}

export interface DoorRequest {
  method: 'GET' | 'POST'
  /** Path and query, from the root of the tunnel door. */
  path: string
  body?: string
  headers?: Record<string, string>
  /** The same in the logs of both sides; one of its own unless given. */
  requestId?: string
  /** How long the origin may take to begin its answer, in milliseconds; 15 s unless given. */
  answerMs?: number
  /** Ends the request, and the reading of its answer. */
  signal: AbortSignal
}

const ANSWER_MS = 15_000

/** Of what Cloudflare answers when the origin took too long (Cloudflare, 5xx errors). */
const TOO_SLOW = 524

/** Refusals that say that the origin is there but cannot work yet. */
const PASSING = new Set<ProblemCode>(['origin_unreachable', 'database_unreachable'])

/**
 * The tunnel door of the origin: one signed HTTP request at a time. Nothing of the client's own
 * request travels here but what was made a part of the body, and of the answer nobody sees a
 * header.
 */
export class TunnelDoor {
  readonly reachability = new Reachability()
  readonly #origin: Config['origin']
  readonly #signer: AssertionSigner

  constructor(origin: Config['origin']) {
    this.#origin = origin
    this.#signer = new AssertionSigner(origin.assertionKey)
  }

  /**
   * Asks in the name of a principal. Throws OriginRefusal for the origin's own no, OriginAway when
   * it was not the origin that answered, or nobody, and the signal's reason when that aborts.
   */
  async ask(as: Principal, request: DoorRequest): Promise<Response> {
    try {
      const response = await this.#answerOf(as, request)
      this.reachability.sawIt()
      return response
    } catch (error) {
      if (error instanceof OriginRefusal) this.reachability.sawIt()
      if (error instanceof OriginAway) this.reachability.missedIt()
      throw error
    }
  }

  /** {@link ask} for an answer that is one piece of JSON; null for 304 (RFC 9110 §15.4.5). */
  async askForJson(as: Principal, request: DoorRequest): Promise<{ json: unknown } | null> {
    const response = await this.ask(as, request)
    if (response.status === 304) return null
    return { json: await jsonOf(response, request.answerMs) }
  }

  async #answerOf(as: Principal, request: DoorRequest): Promise<Response> {
    const response = await this.#send(remote(as), request)
    if (isOfOrigin(response)) return response
    const { status } = response
    const problem = await problemIn(response)
    if (problem === null || PASSING.has(problem.code)) {
      const mayHaveHeard = problem !== null || status === TOO_SLOW
      throw new OriginAway(`The tunnel answered ${status}`, { mayHaveHeard })
    }
    throw new OriginRefusal(problem)
  }

  async #send(as: RemotePrincipal, request: DoorRequest): Promise<Response> {
    const { method, path, body = '', requestId = crypto.randomUUID() } = request
    const { signal, answerMs = ANSWER_MS } = request
    const url = new URL(path, this.#origin.url)
    const asserted = { method, path: url.pathname + url.search, body }
    const headers = {
      ...request.headers,
      ...(body !== '' && { 'content-type': 'application/json' }),
      [SERVICE_TOKEN_HEADER]: this.#origin.serviceToken,
      [ASSERTION_HEADER]: await this.#signer.sign(as, asserted),
      [REQUEST_ID_HEADER]: requestId,
    }
    const slow = new AbortController()
    const timer = setTimeout(() => slow.abort(), answerMs)
    try {
      return await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([signal, slow.signal]),
        ...(body !== '' && { body }),
      })
    } catch (cause) {
      signal.throwIfAborted()
      throw new OriginAway('The origin did not answer', { cause, mayHaveHeard: true })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The Worker lets nobody else in, so that anyone else here is a fault. */
function remote(principal: Principal): RemotePrincipal {
  const parsed = RemotePrincipal.safeParse(principal)
  if (!parsed.success) throw new Error(`${principalKey(principal)} cannot come through the tunnel`)
  return parsed.data
}

/** A success that the origin may have meant: others that answer in its place send pages. */
function isOfOrigin({ ok, status, headers }: Response): boolean {
  if (status === 204 || status === 304) return true
  return ok && /^application\/(json|x-ndjson)\b/.test(headers.get('content-type') ?? '')
}

async function problemIn(response: Response): Promise<ProblemBody['error'] | null> {
  if (response.ok || !response.headers.get('content-type')?.startsWith('application/json')) {
    await response.body?.cancel()
    return null
  }
  const parsed = ProblemBody.safeParse(await jsonOf(response))
  return parsed.success ? parsed.data.error : null
}

/** Throws OriginAway for a body that breaks, is not JSON, or is not there in time. */
async function jsonOf(response: Response, ms = ANSWER_MS): Promise<unknown> {
  try {
    return await within(ms, response.json())
  } catch (cause) {
    // Nobody waits for the rest; what is locked by reading it, or broken, needs no telling.
    response.body?.cancel().catch(() => {})
    throw new OriginAway('The answer of the origin broke', { cause, mayHaveHeard: true })
  }
}
