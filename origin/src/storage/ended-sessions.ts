import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { endedSessions } from './operation-schema.ts'

/** MCP sessions that their client ended, for every replica. */
export function pgEndedSessions(db: Db) {
  return {
    async has(sessionId: string): Promise<boolean> {
      const rows = await db
        .select({ id: endedSessions.sessionId })
        .from(endedSessions)
        .where(and(eq(endedSessions.sessionId, sessionId), gte(endedSessions.until, sql`now()`)))
      return rows.length > 0
    },
    /** @param until milliseconds since 1970; after that the id is refused by its age alone */
    async add(sessionId: string, until: number): Promise<void> {
      await db
        .insert(endedSessions)
        .values({ sessionId, until: new Date(until) })
        .onConflictDoNothing()
    },
    async forgetExpired(): Promise<void> {
      await db.delete(endedSessions).where(lt(endedSessions.until, sql`now()`))
    },
  }
}
