import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { ReadingStore } from '../domain/reading/reading-store.ts'
import type { Db } from './database.ts'
import { codeReadings } from './proof-schema.ts'

export function pgReadingStore(db: Db): ReadingStore {
  return {
    async keep(code, uses) {
      const readAt = new Date()
      await db
        .insert(codeReadings)
        .values({ digest: digestOf(code), uses, readAt })
        .onConflictDoUpdate({ target: codeReadings.digest, set: { uses, readAt } })
    },

    async of(code) {
      const [row] = await db
        .select({ uses: codeReadings.uses })
        .from(codeReadings)
        .where(eq(codeReadings.digest, digestOf(code)))
      return row?.uses ?? null
    },
  }
}

function digestOf({ language, code }: { language: string; code: string }): string {
  return createHash('sha256').update(`${language}\n${code}`).digest('hex')
}
