import { and, asc, eq, sql } from 'drizzle-orm'
import { wireName } from '#contract/names.ts'
import type { Approval, ApprovalStore } from '../domain/approvals/approval-store.ts'
import type { Db } from './database.ts'
import { admins, approvals, servers, tools, versions } from './schema.ts'
import { storableText } from './storable-text.ts'

export function pgApprovalStore(db: Db): ApprovalStore {
  const select = () =>
    db
      .select({ approval: approvals, decidedBy: admins.username })
      .from(approvals)
      .leftJoin(admins, eq(admins.id, approvals.decidedBy))

  return {
    async ask(question) {
      const [row] = await db
        .insert(approvals)
        .values({ ...question, state: 'waiting' })
        .returning()
      if (row === undefined) throw new Error('the approval was not stored')
      return { ...row, decidedBy: null }
    },

    async approval(id) {
      const [row] = await select().where(eq(approvals.id, id))
      return row === undefined ? null : toApproval(row)
    },

    async list(state, { after, limit }) {
      const asked = sql`date_trunc('milliseconds', ${approvals.requestedAt})`
      const rows = await select()
        .where(
          and(
            state === null ? undefined : eq(approvals.state, state),
            after === null
              ? undefined
              : sql`(${asked}, ${approvals.id}) > (${after.requestedAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(asc(asked), asc(approvals.id))
        .limit(limit)
      return rows.map(toApproval)
    },

    async waiting(server, limit) {
      const rows = await db
        .select({
          approval: approvals,
          server: servers.name,
          tool: tools.name,
          version: versions.number,
          total: sql<number>`(count(*) over ())::int`,
        })
        .from(approvals)
        .innerJoin(versions, eq(versions.id, approvals.versionId))
        .innerJoin(tools, eq(tools.id, versions.toolId))
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .where(
          and(
            eq(approvals.state, 'waiting'),
            server === null ? undefined : eq(servers.name, server),
          ),
        )
        .orderBy(asc(approvals.requestedAt), asc(approvals.id))
        .limit(limit)
      const oldest = rows.map(({ approval, version, ...row }) => ({
        ...toApproval({ approval, decidedBy: null }),
        tool: wireName(row.server, row.tool),
        version,
      }))
      return { total: rows[0]?.total ?? 0, oldest }
    },

    async ofVersion(versionId) {
      const rows = await select()
        .where(eq(approvals.versionId, versionId))
        .orderBy(asc(approvals.requestedAt))
      return rows.map(toApproval)
    },

    async withdraw(versionId) {
      await db
        .update(approvals)
        .set({ state: 'withdrawn' })
        .where(and(eq(approvals.versionId, versionId), eq(approvals.state, 'waiting')))
    },

    async decide(id, { state, adminId, reason: said }) {
      const reason = said === null ? null : storableText(said)
      await db
        .update(approvals)
        .set({ state, decidedBy: adminId, decidedAt: new Date(), reason })
        .where(eq(approvals.id, id))
    },

    async approveByPolicy(id, rule) {
      await db
        .update(approvals)
        .set({ state: 'approved', decidedByPolicy: rule, decidedAt: new Date() })
        .where(eq(approvals.id, id))
    },
  }
}

function toApproval(row: {
  approval: typeof approvals.$inferSelect
  decidedBy: string | null
}): Approval {
  return { ...row.approval, decidedBy: row.decidedBy }
}
