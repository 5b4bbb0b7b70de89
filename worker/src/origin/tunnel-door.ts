import { ASSERTION_HEADER, REQUEST_ID_HEADER, SERVICE_TOKEN_HEADER } from '#contract/assertion.ts'
import { principalKey, RemotePrincipal, type Principal } from '#contract/principal.ts'
import { ProblemBody, type ProblemCode } from '#contract/problem.ts'
import { OriginRefusal, type Caller } from '#gateway/origin.ts'
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
  /** How long the origin may take to begin its answer, in milliseconds; 15 s unless given. */
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
 * header.
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

  /**
   * Asks in the name of a caller. Throws OriginRefusal for the origin's own no, OriginAway when
   * it was not the origin that answered, or nobody, and the signal's reason when that aborts.
   */
  async ask(as: Caller, request: DoorRequest): Promise<Response> {
    try {
      const response = await this.#answer(as, request)
      this.#reachability.sawIt()
      return response
    } catch (error) {
      if (error instanceof OriginAway) this.#reachability.missedIt()
      if (error instanceof OriginRefusal) this.#reachability.sawIt()
      throw error
    }
  }

  async #answer(as: Caller, request: DoorRequest): Promise<Response> {
    const response = await this.#send(as, request)
    if (response.ok || response.status === 304) return response
    const problem = await problemIn(response)
    if (problem === null) throw whoAnswered(response)
    if (PASSING.has(problem.code)) throw new OriginAway('not_ready', problem.message)
    throw new OriginRefusal(problem)
  }

  async #send({ principal, requestId }: Caller, request: DoorRequest): Promise<Response> {
    const { method, path, body = '' } = request
    const { signal, answerMs = ANSWER_MS } = request
    const { access, serviceToken } = this.#origin
    const url = new URL(path, this.#origin.url)
    const asserted = { method, path: url.pathname + url.search, body }
    const headers = {
      ...request.headers,
      ...(body !== '' && { 'content-type': 'application/json' }),
      [SERVICE_TOKEN_HEADER]: serviceToken,
      [ASSERTION_HEADER]: await this.#signer.sign(remote(principal), asserted),
      [REQUEST_ID_HEADER]: requestId,
      ...(access && {
        'cf-access-client-id': access.clientId,
        'cf-access-client-secret': access.clientSecret,
      }),
    }
    const slow = new AbortController()
    const timer = setTimeout(() => slow.abort(), answerMs)
    try {
      return await this.#origin.fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([signal, slow.signal]),
        ...(body !== '' && { body }),
      })
    } catch (cause) {
      signal.throwIfAborted()
      throw whyNobody(cause)
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

async function problemIn(response: Response): Promise<ProblemBody['error'] | null> {
  if (!response.headers.get('content-type')?.startsWith('application/json')) {
    await response.body?.cancel()
    return null
  }
  const parsed = ProblemBody.safeParse(await response.json().catch(() => null))
  return parsed.success ? parsed.data.error : null
}
