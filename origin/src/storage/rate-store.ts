import { lt, sql } from 'drizzle-orm'
import type { RateStore } from '../domain/rate/rate-store.ts'
import type { Db } from './database.ts'
import { rateWindows } from './rate-schema.ts'

export function pgRateStore(db: Db): RateStore {
  return {
    async take(key, window, { wanted, most }) {
      const [row] = await db
        .insert(rateWindows)
        .values({ key, window: new Date(window), taken: wanted })
        .onConflictDoUpdate({
          target: [rateWindows.key, rateWindows.window],
          set: { taken: sql`${rateWindows.taken} + ${wanted}` },
        })
        .returning({ taken: rateWindows.taken })
      if (row === undefined) throw new Error('the permits were not stored')
      const before = row.taken - wanted
      return {
        got: Math.max(0, Math.min(wanted, most - before)),
        left: Math.max(0, most - row.taken),
      }
    },
    async forgetBefore(window) {
      await db.delete(rateWindows).where(lt(rateWindows.window, new Date(window)))
    },
  }
}
