import { sql, type SQL } from 'drizzle-orm'
import type { Db } from './database.ts'

const BATCH = 1_000

/**
 * Ends activity and executions from before a time, in small transactions of their own. Several
 * replicas may do this at once: each takes rows that no other one has taken.
 *
 * @returns how many rows of each it ended
 */
export async function endOlderThan(
  db: Db,
  time: Date,
  batch: number = BATCH,
): Promise<{ activity: number; executions: number }> {
  const ended = (statement: SQL) => inBatches(db, statement, batch)
  return {
    activity: await ended(sql`with old as materialized (
        select id from activity where at < ${time.toISOString()} limit ${batch} for update skip locked)
      delete from activity using old where activity.id = old.id returning 1`),
    executions: await ended(sql`with old as materialized (
        select id from executions where started_at < ${time.toISOString()} limit ${batch} for update skip locked)
      delete from executions using old where executions.id = old.id returning 1`),
  }
}

async function inBatches(db: Db, statement: SQL, batch: number): Promise<number> {
  for (let all = 0; ;) {
    const ended = await db.transaction(async (tx) => {
      // What the trigger that keeps activity from being changed asks for.
      await tx.execute(sql`select set_config('mcpbox.retention', 'on', true)`)
      const rows: unknown = await tx.execute(statement)
      return rowsOf(rows)
    })
    all += ended
    if (ended < batch) return all
  }
}

/** Both drivers give an object with the rows. */
function rowsOf(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('rows' in result)) return 0
  return Array.isArray(result.rows) ? result.rows.length : 0
}
