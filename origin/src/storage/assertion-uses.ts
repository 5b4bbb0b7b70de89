import { lt, sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { assertionUses } from './operation-schema.ts'

/** Remembers assertions until they expire, across replicas. */
export interface AssertionUses {
  /** @returns false when this `jti` was used before. */
  use(jti: string, expiresAt: Date): Promise<boolean>
  forgetExpired(): Promise<void>
}

export function pgAssertionUses(db: Db): AssertionUses {
  return {
    async use(jti, expiresAt) {
      const added = await db
        .insert(assertionUses)
        .values({ jti, expiresAt })
        .onConflictDoNothing()
        .returning({ jti: assertionUses.jti })
      return added.length > 0
    },
    async forgetExpired() {
      await db
        .delete(assertionUses)
        .where(lt(assertionUses.expiresAt, sql`now() - interval '1 minute'`))
    },
  }
}
