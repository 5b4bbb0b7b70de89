import { LegacySession, type LegacySessionPorts } from './legacy-session.ts'
import type { SessionHost } from './session-host.ts'

/** Sessions kept at once; the oldest idle ones above this number are dropped. */
const KEPT_SESSIONS = 1_000

/**
 * Hosts sessions in the memory of one process. Sessions are found again by their ids after a
 * restart, and by any replica; only a call's cancellation and its stream need the same process.
 */
export function memorySessionHost(ports: LegacySessionPorts, keep = KEPT_SESSIONS): SessionHost {
  const sessions = new Map<string, LegacySession>()
  return {
    async forward(claims, exchange) {
      const session = sessions.get(claims.id) ?? new LegacySession(ports)
      // Set again, so that the map's order is that of the last use.
      sessions.delete(claims.id)
      dropIdle(sessions, keep - 1)
      sessions.set(claims.id, session)
      return session.handle(claims, exchange)
    },
  }
}

function dropIdle(sessions: Map<string, LegacySession>, keep: number): void {
  for (const [id, session] of sessions) {
    if (sessions.size <= keep) return
    if (session.idle) sessions.delete(id)
  }
}
