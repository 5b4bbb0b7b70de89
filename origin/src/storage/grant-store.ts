import { and, asc, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { Name } from '#contract/names.ts'
import type { Grant } from '../domain/grants/grant.ts'
import type { GrantStore } from '../domain/grants/grant-store.ts'
import type { Db } from './database.ts'
import { toLine, toTerm } from './granted-lines.ts'
import { admins, grants, servers, tools, versions } from './schema.ts'
import { storableText } from './storable-text.ts'

export function pgGrantStore(db: Db): GrantStore {
  const select = () =>
    db
      .select({
        grant: grants,
        revokedBy: admins.username,
        version: {
          id: versions.id,
          toolId: versions.toolId,
          number: versions.number,
          state: versions.state,
          hash: versions.hash,
        },
        server: servers.name,
        tool: tools.name,
      })
      .from(grants)
      .innerJoin(versions, eq(versions.id, grants.versionId))
      .innerJoin(tools, eq(tools.id, versions.toolId))
      .innerJoin(servers, eq(servers.id, tools.serverId))
      .leftJoin(admins, eq(admins.id, grants.revokedBy))

  return {
    async list({ server, tool, all }, { after, limit }) {
      const rows = await select()
        .where(
          and(
            all ? undefined : eq(versions.state, 'live'),
            server === undefined ? undefined : eq(servers.name, server),
            tool === undefined ? undefined : eq(tools.name, tool),
            after === null ? undefined : gt(grants.id, after),
          ),
        )
        .orderBy(asc(grants.id))
        .limit(limit)
      return rows.map(toGrant)
    },

    async grant(id) {
      const [row] = await select().where(eq(grants.id, id))
      return row === undefined ? null : toGrant(row)
    },

    async revoke(id, { adminId, reason, at }) {
      await db
        .update(grants)
        .set({ revokedAt: at, revokedBy: adminId, revocationReason: storableText(reason) })
        .where(eq(grants.id, id))
    },

    async restore(id) {
      await db
        .update(grants)
        .set({ revokedAt: null, revokedBy: null, revocationReason: null })
        .where(eq(grants.id, id))
    },

    async setExpiry(id, at) {
      await db.update(grants).set({ expiresAt: at, expiryNotedAt: null }).where(eq(grants.id, id))
    },

    async takeExpired(now) {
      const over = await select()
        .where(
          and(
            lte(grants.expiresAt, now),
            isNull(grants.expiryNotedAt),
            isNull(grants.revokedAt),
            eq(versions.state, 'live'),
          ),
        )
        .for('update', { of: grants, skipLocked: true })
      for (const { grant } of over)
        await db
          .update(grants)
          .set({ expiryNotedAt: sql`now()` })
          .where(eq(grants.id, grant.id))
      return over.map(toGrant)
    },
  }
}

function toGrant(row: {
  grant: typeof grants.$inferSelect
  revokedBy: string | null
  version: Grant['version']
  server: string
  tool: string
}): Grant {
  return {
    ...toLine(row.grant),
    ...toTerm({ ...row.grant, revokedBy: row.revokedBy }),
    id: row.grant.id,
    grantedAt: row.grant.grantedAt,
    version: row.version,
    server: row.server as Name,
    tool: row.tool as Name,
  }
}
