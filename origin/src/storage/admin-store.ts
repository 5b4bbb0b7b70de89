import { and, count, desc, eq, getColumns, gte, lt, ne, sql } from 'drizzle-orm'
import type { AdminStore } from '../domain/admins/admin-store.ts'
import type { Db } from './database.ts'
import { admins } from './schema.ts'
import { signInFailures, signIns } from './sign-in-schema.ts'

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

    async changePassword(adminId, { from, to }) {
      const changed = await db
        .update(admins)
        .set({ passwordHash: to })
        .where(and(eq(admins.id, adminId), eq(admins.passwordHash, from)))
        .returning({ id: admins.id })
      return changed.length > 0
    },

    async addSignIn(signIn) {
      await db.delete(signIns).where(lt(signIns.expiresAt, sql`now()`))
      const [row] = await db.insert(signIns).values(signIn).returning({ id: signIns.id })
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

    async signInsOf(adminId, { after, limit }) {
      const made = sql`date_trunc('milliseconds', ${signIns.createdAt})`
      const { adminId: _, tokenHash: __, ...told } = getColumns(signIns)
      return db
        .select(told)
        .from(signIns)
        .where(
          and(
            eq(signIns.adminId, adminId),
            gte(signIns.expiresAt, sql`now()`),
            after === null
              ? undefined
              : sql`(${made}, ${signIns.id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(desc(made), desc(signIns.id))
        .limit(limit)
    },

    async removeSignInOf(adminId, id) {
      const removed = await db
        .delete(signIns)
        .where(and(eq(signIns.adminId, adminId), eq(signIns.id, id)))
        .returning({ id: signIns.id })
      return removed.length > 0
    },

    async removeOtherSignIns(adminId, keptId) {
      await db.delete(signIns).where(and(eq(signIns.adminId, adminId), ne(signIns.id, keptId)))
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
