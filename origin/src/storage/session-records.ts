import { and, eq, gte, lt, sql } from 'drizzle-orm'
import { NOTHING_SETTLED, type SessionRecords } from '#contract/session-record.ts'
import type { Db } from './database.ts'
import { sessionRecords } from './session-schema.ts'

/** What clients settled for their MCP sessions, for every replica. */
export function pgSessionRecords(db: Db): SessionRecords & { forgetExpired(): Promise<void> } {
  return {
    async read(sessionId) {
      const [row] = await db
        .select()
        .from(sessionRecords)
        .where(and(eq(sessionRecords.sessionId, sessionId), gte(sessionRecords.until, sql`now()`)))
      if (row === undefined) return NOTHING_SETTLED
      const { ended, level, subscriptions } = row
      return { ended, level, subscriptions }
    },
    async write(sessionId, record, until) {
      const values = { ...record, until: new Date(until) }
      const ended = sql`${sessionRecords.ended} or ${record.ended}`
      await db
        .insert(sessionRecords)
        .values({ sessionId, ...values })
        .onConflictDoUpdate({ target: sessionRecords.sessionId, set: { ...values, ended } })
    },
    async change(sessionId, to, until) {
      await db.transaction(async (tx) => {
        const fresh = { sessionId, ...NOTHING_SETTLED, until: new Date(until) }
        await tx.insert(sessionRecords).values(fresh).onConflictDoNothing()
        const row = eq(sessionRecords.sessionId, sessionId)
        const [there = fresh] = await tx.select().from(sessionRecords).where(row).for('update')
        const { ended, level, subscriptions } = there
        const changed = to({ ended, level, subscriptions })
        await tx
          .update(sessionRecords)
          .set({ ...changed, ended: ended || changed.ended === true, until: new Date(until) })
          .where(row)
      })
    },
    async forgetExpired() {
      await db.delete(sessionRecords).where(lt(sessionRecords.until, sql`now()`))
    },
  }
}
