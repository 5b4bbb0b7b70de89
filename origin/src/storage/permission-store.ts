import { and, asc, count, desc, eq, gt, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Name } from '#contract/names.ts'
import type { Permission, PermissionRequest, Place } from '../domain/permissions/permission.ts'
import type { PermissionStore } from '../domain/permissions/permission-store.ts'
import type { Db } from './database.ts'
import { toTerm } from './granted-lines.ts'
import { permissionRequests, permissions } from './permission-schema.ts'
import { admins, servers, tools } from './schema.ts'
import { storableText } from './storable-text.ts'

const revokers = alias(admins, 'revokers')
/** What was permitted or asked about a server or tool that was deleted is kept, and nobody's any more. */
const isStillThere = and(isNull(servers.deletedAt), isNull(tools.deletedAt))

export function pgPermissionStore(db: Db): PermissionStore {
  const select = () =>
    db
      .select({
        permission: permissions,
        grantedBy: admins.username,
        revokedBy: revokers.username,
        server: servers.name,
        tool: tools.name,
      })
      .from(permissions)
      .innerJoin(servers, eq(servers.id, permissions.serverId))
      .innerJoin(admins, eq(admins.id, permissions.grantedBy))
      .leftJoin(tools, eq(tools.id, permissions.toolId))
      .leftJoin(revokers, eq(revokers.id, permissions.revokedBy))

  const selectRequests = () =>
    db
      .select({
        request: permissionRequests,
        decidedBy: admins.username,
        server: servers.name,
        tool: tools.name,
      })
      .from(permissionRequests)
      .innerJoin(servers, eq(servers.id, permissionRequests.serverId))
      .leftJoin(tools, eq(tools.id, permissionRequests.toolId))
      .leftJoin(admins, eq(admins.id, permissionRequests.decidedBy))

  const onePermission = async (where: SQL | undefined) => {
    const [row] = await select().where(where)
    return row === undefined ? null : toPermission(row)
  }

  const store: PermissionStore = {
    async list({ server }, { after, limit }) {
      const rows = await select()
        .where(
          and(
            isStillThere,
            server === undefined ? undefined : eq(servers.name, server),
            after === null ? undefined : gt(permissions.id, after),
          ),
        )
        .orderBy(asc(permissions.id))
        .limit(limit)
      return rows.map(toPermission)
    },

    permission: (id) => onePermission(and(eq(permissions.id, id), isStillThere)),

    async lock({ serverId, toolId, kind, value }) {
      const key = `permission/${toolId ?? serverId}/${kind}/${value}`
      await db.execute(sql`select pg_advisory_xact_lock(hashtext(${key}))`)
    },

    about: (place) => onePermission(isAbout(permissions, place)),

    async ofTool(toolId) {
      const rows = await select()
        .where(concerns(permissions, toolId))
        .for('share', { of: permissions })
      return rows.map(toPermission)
    },

    async grant({ serverId, toolId, kind, value }, { adminId, expiresAt }) {
      const anew = {
        grantedBy: adminId,
        grantedAt: new Date(),
        expiresAt,
        expiryNotedAt: null,
        revokedAt: null,
        revokedBy: null,
        revocationReason: null,
      }
      const place = { serverId, toolId, kind, value }
      const [before] = await db
        .update(permissions)
        .set(anew)
        .where(isAbout(permissions, place))
        .returning({ id: permissions.id })
      if (before !== undefined) return before.id
      const [row] = await db
        .insert(permissions)
        .values({ ...place, ...anew })
        .returning({ id: permissions.id })
      if (row === undefined) throw new Error('the permission was not stored')
      return row.id
    },

    async revoke(id, { adminId, reason, at }) {
      await db
        .update(permissions)
        .set({ revokedAt: at, revokedBy: adminId, revocationReason: storableText(reason) })
        .where(eq(permissions.id, id))
    },

    async setExpiry(id, at) {
      await db
        .update(permissions)
        .set({ expiresAt: at, expiryNotedAt: null })
        .where(eq(permissions.id, id))
    },

    async takeExpired(now) {
      const over = await select()
        .where(
          and(
            lte(permissions.expiresAt, now),
            isNull(permissions.expiryNotedAt),
            isNull(permissions.revokedAt),
          ),
        )
        .for('update', { of: permissions, skipLocked: true })
      for (const { permission } of over)
        await db
          .update(permissions)
          .set({ expiryNotedAt: sql`now()` })
          .where(eq(permissions.id, permission.id))
      return over.map(toPermission)
    },

    async ask({ serverId, toolId, kind, value, justification, requestedBy, client }) {
      const question = { serverId, toolId, kind, value, justification, requestedBy, client }
      const [row] = await db
        .insert(permissionRequests)
        .values({ ...question, state: 'waiting' })
        .returning({ id: permissionRequests.id })
      const asked = row === undefined ? null : await store.request(row.id)
      if (asked === null) throw new Error('the request was not stored')
      return asked
    },

    async request(id) {
      const [row] = await selectRequests().where(and(eq(permissionRequests.id, id), isStillThere))
      return row === undefined ? null : toRequest(row)
    },

    async waiting(place) {
      const [row] = await selectRequests().where(
        and(isAbout(permissionRequests, place), eq(permissionRequests.state, 'waiting')),
      )
      return row === undefined ? null : toRequest(row)
    },

    async countWaiting(serverId) {
      const [row] = await db
        .select({ waiting: count() })
        .from(permissionRequests)
        .leftJoin(tools, eq(tools.id, permissionRequests.toolId))
        .where(
          and(
            eq(permissionRequests.serverId, serverId),
            eq(permissionRequests.state, 'waiting'),
            isNull(tools.deletedAt),
          ),
        )
      return row?.waiting ?? 0
    },

    async lastDecided(place) {
      const [row] = await selectRequests()
        .where(and(isAbout(permissionRequests, place), ne(permissionRequests.state, 'waiting')))
        .orderBy(desc(permissionRequests.decidedAt))
        .limit(1)
      return row === undefined ? null : toRequest(row)
    },

    async requests({ state, server }, { after, limit }) {
      const asked = sql`date_trunc('milliseconds', ${permissionRequests.requestedAt})`
      const rows = await selectRequests()
        .where(
          and(
            isStillThere,
            server === undefined ? undefined : eq(servers.name, server),
            state === undefined ? undefined : eq(permissionRequests.state, state),
            after === null
              ? undefined
              : sql`(${asked}, ${permissionRequests.id}) > (${after.requestedAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(asc(asked), asc(permissionRequests.id))
        .limit(limit)
      return rows.map(toRequest)
    },

    async requestsAbout(toolId) {
      const rows = await selectRequests()
        .where(concerns(permissionRequests, toolId))
        .orderBy(asc(permissionRequests.requestedAt))
      return rows.map(toRequest)
    },

    async decide(id, { state, adminId, reason: said }) {
      const reason = said === null ? null : storableText(said)
      await db
        .update(permissionRequests)
        .set({ state, decidedBy: adminId, decidedAt: new Date(), reason })
        .where(eq(permissionRequests.id, id))
    },
  }
  return store
}

type Table = typeof permissions | typeof permissionRequests

function isAbout(table: Table, { serverId, toolId, kind, value }: Place): SQL | undefined {
  return and(
    eq(table.serverId, serverId),
    toolId === null ? isNull(table.toolId) : eq(table.toolId, toolId),
    eq(table.kind, kind),
    eq(table.value, value),
  )
}

/** Of the tool itself, or of the whole server that it is in. */
function concerns(table: Table, toolId: string): SQL | undefined {
  return or(
    eq(table.toolId, toolId),
    and(
      isNull(table.toolId),
      eq(table.serverId, sql`(select server_id from tools where id = ${toolId})`),
    ),
  )
}

function toPermission(row: {
  permission: typeof permissions.$inferSelect
  grantedBy: string
  revokedBy: string | null
  server: string
  tool: string | null
}): Permission {
  const { id, serverId, toolId, kind, value, grantedAt } = row.permission
  return {
    ...toTerm({ ...row.permission, revokedBy: row.revokedBy }),
    id,
    serverId,
    toolId,
    kind,
    value,
    grantedAt,
    grantedBy: row.grantedBy,
    server: row.server as Name,
    tool: row.tool as Name | null,
  }
}

function toRequest(row: {
  request: typeof permissionRequests.$inferSelect
  decidedBy: string | null
  server: string
  tool: string | null
}): PermissionRequest {
  return {
    ...row.request,
    decidedBy: row.decidedBy,
    server: row.server as Name,
    tool: row.tool as Name | null,
  }
}
