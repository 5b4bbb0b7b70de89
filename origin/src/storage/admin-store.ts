import { and, count, eq, gte, lt, sql } from 'drizzle-orm'
import type { AdminStore } from '../domain/admins/admin-store.ts'
import type { Db } from './database.ts'
import { admins, signInFailures, signIns } from './schema.ts'

const FAILURES_KEPT_FOR = sql`now() - interval '1 day'`

export function pgAdminStore(db: Db): AdminStore {
  return {
    async any() {
      const rows = await db.select({ id: admins.id }).from(admins).limit(1)
      return rows.length > 0
    },

    async add(username, passwordHash) {
      const [row] = await db.insert(admins).values({ username, passwordHash }).returning()
      if (row === undefined) throw new Error('the admin was not stored')
      return row
    },

    async byName(username) {
      const [row] = await db.select().from(admins).where(eq(admins.username, username))
      return row ?? null
    },

    async addSignIn(adminId, tokenHash, expiresAt) {
      await db.delete(signIns).where(lt(signIns.expiresAt, sql`now()`))
      const [row] = await db
        .insert(signIns)
        .values({ adminId, tokenHash, expiresAt })
        .returning({ id: signIns.id })
      if (row === undefined) throw new Error('the sign-in was not stored')
      return row.id
    },

    async signedIn(by) {
      const [row] = await db
        .select({ admin: admins, signInId: signIns.id })
        .from(signIns)
        .innerJoin(admins, eq(admins.id, signIns.adminId))
        .where(
          and(
            'id' in by ? eq(signIns.id, by.id) : eq(signIns.tokenHash, by.tokenHash),
            gte(signIns.expiresAt, sql`now()`),
          ),
        )
      return row ?? null
    },

    async removeSignIn(id) {
      await db.delete(signIns).where(eq(signIns.id, id))
    },

    async addFailure(address) {
      await db.delete(signInFailures).where(lt(signInFailures.at, FAILURES_KEPT_FOR))
      const [row] = await db
        .insert(signInFailures)
        .values({ address })
        .returning({ id: signInFailures.id })
      if (row === undefined) throw new Error('the failure was not stored')
      return row.id
    },

    async removeFailure(id) {
      await db.delete(signInFailures).where(eq(signInFailures.id, id))
    },

    async failuresSince(address, since) {
      const [row] = await db
        .select({ failures: count() })
        .from(signInFailures)
        .where(and(eq(signInFailures.address, address), gte(signInFailures.at, since)))
      return row?.failures ?? 0
    },
  }
}
