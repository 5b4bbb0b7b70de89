import type { Exchange } from '#gateway/exchange.ts'
import type { SessionHost } from '#gateway/legacy/session-host.ts'
import type { SessionClaims } from '#gateway/legacy/session-id.ts'
import { pause } from '#gateway/serving/pause.ts'
import { mendedAnswer } from './mended-answer.ts'
import type { McpSession } from './session-object.ts'
import { wrap } from './session-envelope.ts'

/** How often an exchange is brought to its object, and how long after it broke there. */
const TRIES = 4
const PAUSE_MS = 100

/**
 * Hosts each session in the Durable Object of its name, which exists from its first exchange on. An
 * object that is reset, by a deploy or the platform, breaks what it was answering; that is brought to
 * the next one of its name, and goes on there: the exchange names its operation.
 */
export function durableSessionHost(
  sessions: DurableObjectNamespace<McpSession>,
  onFault: (error: unknown) => void,
): SessionHost {
  /** The object's answer, as far as that begins; asked for again where it does not. */
  async function ask(claims: SessionClaims, exchange: Exchange): Promise<Response> {
    const { signal } = exchange.request
    for (let tries = 1; ; tries++) {
      try {
        // A stub stays broken once its object was reset.
        return await sessions.getByName(claims.id).fetch(wrap({ claims, exchange }))
      } catch (error) {
        if (signal.aborted || tries === TRIES || isOverloaded(error)) throw error
        await pause(PAUSE_MS * tries, signal)
      }
    }
  }

  return {
    async forward(claims, exchange) {
      const answer = await ask(claims, exchange)
      if (!isAnswerToCall(exchange)) return answer
      const again = (after: string | null) =>
        ask(claims, after ? goingOn(exchange, after) : exchange)
      return mendedAnswer(answer, again, onFault)
    },
    async listen(claims) {
      const number = await sessions.getByName(claims.id).listen(claims)
      if (number === null) return null
      // A stub that has met an exception is good for nothing more, and a stream lives long.
      return { followed: async () => sessions.getByName(claims.id).followed(claims, number) }
    },
  }
}

/** False for a stream of news alone: its client opens another one, and hears of what is new now. */
function isAnswerToCall({ message, request }: Exchange): boolean {
  return message !== null || request.headers.has('last-event-id')
}

/** What a client asks that has lost its stream after this event. */
function goingOn(exchange: Exchange, lastEventId: string): Exchange {
  const { url, headers: given, signal } = exchange.request
  const headers = new Headers(given)
  headers.set('last-event-id', lastEventId)
  return {
    ...exchange,
    request: new Request(url, { method: 'GET', headers, signal }),
    message: null,
  }
}

/** To ask more of it would make that worse (Cloudflare, Durable Objects, error handling). */
function isOverloaded(error: unknown): boolean {
  return error instanceof Error && 'overloaded' in error && error.overloaded === true
}
