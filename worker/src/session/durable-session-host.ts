import type { SessionHost } from '#gateway/legacy/session-host.ts'
import type { McpSession } from './session-object.ts'
import { wrap } from './session-envelope.ts'

/** Hosts each session in the Durable Object of its name, which exists from its first exchange on. */
export function durableSessionHost(sessions: DurableObjectNamespace<McpSession>): SessionHost {
  return {
    async forward(claims, exchange) {
      return sessions.getByName(claims.id).fetch(wrap({ claims, exchange }))
    },
    async listen(claims) {
      const number = await sessions.getByName(claims.id).listen(claims)
      if (number === null) return null
      // A stub that has met an exception is good for nothing more, and a stream lives long.
      return { followed: async () => sessions.getByName(claims.id).followed(claims, number) }
    },
  }
}
