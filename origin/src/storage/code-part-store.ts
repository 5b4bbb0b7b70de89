import { and, asc, eq, gt, lte, ne, sql } from 'drizzle-orm'
import type { CodePartStore, Upload } from '../domain/tools/code-parts.ts'
import type { Db } from './database.ts'
import { codeParts } from './operation-schema.ts'

/** Uploads that one principal may have open: more are nobody's work. */
const MOST_UPLOADS = 10

export function pgCodePartStore(db: Db): CodePartStore {
  const same = ({ by, server, tool }: Omit<Upload, 'of'>) =>
    and(eq(codeParts.principal, by), eq(codeParts.server, server), eq(codeParts.tool, tool))

  return {
    async parts(upload) {
      const rows = await db
        .select({ part: codeParts.part, bytes: codeParts.bytes })
        .from(codeParts)
        .where(and(same(upload), eq(codeParts.of, upload.of), gt(codeParts.expiresAt, sql`now()`)))
        .orderBy(asc(codeParts.part))
      return new Map(rows.map(({ part, bytes }) => [part, bytes]))
    },

    async keep(upload, { number, bytes, ms }) {
      const { by, server, tool, of } = upload
      const expiresAt = sql`now() + ${ms} * interval '1 millisecond'`
      await db
        .delete(codeParts)
        .where(and(same(upload), sql`(${ne(codeParts.of, of)} or expires_at <= now())`))
      await db
        .insert(codeParts)
        .values({ principal: by, server, tool, of, part: number, bytes, expiresAt })
        .onConflictDoUpdate({
          target: [codeParts.principal, codeParts.server, codeParts.tool, codeParts.part],
          set: { bytes, of },
        })
      await db.update(codeParts).set({ expiresAt }).where(same(upload))
      await db.execute(sql`delete from code_parts where principal = ${by}
        and (server, tool) not in (select server, tool from code_parts where principal = ${by}
          group by server, tool order by max(expires_at) desc limit ${MOST_UPLOADS})`)
    },

    async forget(upload) {
      await db.delete(codeParts).where(same(upload))
    },

    async forgetExpired() {
      await db.delete(codeParts).where(lte(codeParts.expiresAt, sql`now()`))
    },
  }
}
