import { eq } from 'drizzle-orm'
import type { PrincipalStore } from '../domain/principals.ts'
import type { Db } from './database.ts'
import { principals } from './schema.ts'

export function pgPrincipalStore(db: Db): PrincipalStore {
  return {
    async note(key, label) {
      await db
        .insert(principals)
        .values({ key, label })
        .onConflictDoUpdate({ target: principals.key, set: { label } })
    },

    async label(key) {
      const [row] = await db.select().from(principals).where(eq(principals.key, key))
      return row?.label ?? key
    },
  }
}
