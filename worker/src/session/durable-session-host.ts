import type { SessionHost } from '#gateway/legacy/session-host.ts'
import { pause } from '#gateway/serving/pause.ts'
import type { McpSession } from './session-object.ts'
import { wrap } from './session-envelope.ts'

/** How often an exchange is brought to its object, and how long after it broke there. */
const TRIES = 4
const PAUSE_MS = 100

/**
 * Hosts each session in the Durable Object of its name, which exists from its first exchange on. An
 * object that is reset, by a deploy or the platform, breaks what it was answering; that is brought to
 * the next one of its name. What it began goes on there: the exchange names its operation.
 */
export function durableSessionHost(sessions: DurableObjectNamespace<McpSession>): SessionHost {
  return {
    async forward(claims, exchange) {
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
    },
    async listen(claims) {
      const number = await sessions.getByName(claims.id).listen(claims)
      if (number === null) return null
      // A stub that has met an exception is good for nothing more, and a stream lives long.
      return { followed: async () => sessions.getByName(claims.id).followed(claims, number) }
    },
  }
}

/** To ask more of it would make that worse (Cloudflare, Durable Objects, error handling). */
function isOverloaded(error: unknown): boolean {
  return error instanceof Error && 'overloaded' in error && error.overloaded === true
}
