import { LegacySession, type LegacySessionPorts } from './legacy-session.ts'
import type { SessionHost } from './session-host.ts'
import type { SessionClaims } from './session-id.ts'

/** Sessions kept at once; the oldest idle ones above this number are dropped. */
const KEPT_SESSIONS = 1_000

/**
 * Hosts sessions in the memory of one process. Sessions are found again by their ids after a
 * restart, and by any replica; only a call's cancellation, its stream and the end of a stream for
 * news at once need the same process.
 */
export function memorySessionHost(ports: LegacySessionPorts, keep = KEPT_SESSIONS): SessionHost {
  const sessions = new Map<string, LegacySession>()
  function sessionOf({ id }: SessionClaims): LegacySession {
    const session = sessions.get(id) ?? new LegacySession(ports)
    // Set again, so that the map's order is that of the last use.
    sessions.delete(id)
    dropIdle(sessions, keep - 1)
    sessions.set(id, session)
    return session
  }

  return {
    forward: (claims, exchange) => sessionOf(claims).handle(claims, exchange),
    async listen(claims, end) {
      const number = await sessionOf(claims).listen(claims, end)
      if (number === null) return null
      return { followed: () => sessionOf(claims).followed(claims, number) }
    },
  }
}

function dropIdle(sessions: Map<string, LegacySession>, keep: number): void {
  for (const [id, session] of sessions) {
    if (sessions.size <= keep) return
    if (session.idle) sessions.delete(id)
  }
}
