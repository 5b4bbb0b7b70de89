import { and, asc, desc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { VersionState } from '#contract/admin-api.ts'
import type { Name } from '#contract/names.ts'
import type { ToolDirectory } from '../domain/tools/tool-directory.ts'
import type { Db } from './database.ts'
import { servers, tools, versions } from './schema.ts'
import { stopOf } from './version-rows.ts'

export function pgToolDirectory(db: Db): ToolDirectory {
  const serverName = sql`${servers.name} collate "C"`
  const toolName = sql`${tools.name} collate "C"`
  const newest = db
    .select({
      toolId: versions.toolId,
      number: sql<number>`max(${versions.number})`.as('newest_number'),
      versions: sql<number>`count(*)::int`.as('versions'),
      live: sql<string | null>`max(${versions.hash}) filter (where ${versions.state} = 'live')`.as(
        'live',
      ),
    })
    .from(versions)
    .groupBy(versions.toolId)
    .as('newest')
  const selectServers = (where: SQL | undefined) =>
    db
      .select({
        server: servers,
        tools: sql<number>`(select count(*)::int from ${tools} where ${tools.serverId} = ${servers.id} and ${tools.deletedAt} is null)`,
      })
      .from(servers)
      .where(and(isNull(servers.deletedAt), where))
      .orderBy(asc(serverName))

  return {
    async servers({ after, limit }) {
      const rows = await selectServers(
        after === null ? undefined : sql`${serverName} > ${after}`,
      ).limit(limit)
      return rows.map(toServer)
    },

    async server(name) {
      const [row] = await selectServers(eq(servers.name, name))
      return row === undefined ? null : toServer(row)
    },

    async lockedServer(name) {
      const [row] = await selectServers(eq(servers.name, name)).for('update', { of: servers })
      return row === undefined ? null : toServer(row)
    },

    async describeServer(id, description) {
      await db.update(servers).set({ description }).where(eq(servers.id, id))
    },

    async stopServer(id, by) {
      await db
        .update(servers)
        .set({ stoppedBy: by, stoppedAt: sql`now()` })
        .where(eq(servers.id, id))
    },

    async startServer(id) {
      await db.update(servers).set({ stoppedBy: null, stoppedAt: null }).where(eq(servers.id, id))
    },

    async deleteServer(id, by) {
      await db
        .update(servers)
        .set({ deletedBy: by, deletedAt: sql`now()` })
        .where(eq(servers.id, id))
    },

    async deleteTool(id, by) {
      await db
        .update(tools)
        .set({ deletedBy: by, deletedAt: sql`now()` })
        .where(eq(tools.id, id))
    },

    async deletedTools({ before, limit }) {
      const deletedAt = sql`date_trunc('milliseconds', ${tools.deletedAt})`
      const rows = await db
        .select({ tool: tools, server: servers.name, versions: newest.versions })
        .from(tools)
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .innerJoin(newest, eq(newest.toolId, tools.id))
        .where(
          and(
            sql`${tools.deletedAt} is not null`,
            before === null
              ? undefined
              : sql`(${deletedAt}, ${tools.id}) < (${before.deletedAt.toISOString()}::timestamptz, ${before.id}::uuid)`,
          ),
        )
        .orderBy(desc(deletedAt), desc(tools.id))
        .limit(limit)
      return rows.flatMap(
        ({ tool: { id, name, deletedAt: at, deletedBy }, server, versions: count }) =>
          at === null || deletedBy === null
            ? []
            : [
                {
                  id,
                  server: server as Name,
                  name: name as Name,
                  deletedAt: at,
                  deletedBy,
                  versions: count,
                },
              ],
      )
    },

    async tools({ server, name }, { after, limit }) {
      const rows = await db
        .select({
          server: servers.name,
          tool: tools,
          hash: versions.hash,
          state: versions.state,
          number: versions.number,
          versions: newest.versions,
          live: newest.live,
        })
        .from(tools)
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .innerJoin(newest, eq(newest.toolId, tools.id))
        .innerJoin(versions, and(eq(versions.toolId, tools.id), eq(versions.number, newest.number)))
        .where(
          and(
            isNull(tools.deletedAt),
            isNull(servers.deletedAt),
            server === undefined ? undefined : eq(servers.name, server),
            name === undefined ? undefined : eq(tools.name, name),
            after === null
              ? undefined
              : sql`(${serverName}, ${toolName}) > (${after.server}, ${after.name})`,
          ),
        )
        .orderBy(asc(serverName), asc(toolName))
        .limit(limit)
      return rows.map((row) => ({
        id: row.tool.id,
        server: row.server as Name,
        name: row.tool.name as Name,
        live: row.live,
        newest: { number: row.number, state: row.state satisfies VersionState, hash: row.hash },
        versions: row.versions,
        createdBy: row.tool.createdBy,
        createdAt: row.tool.createdAt,
      }))
    },
  }
}

function toServer(row: { server: typeof servers.$inferSelect; tools: number }) {
  const { server, tools: count } = row
  return { ...server, name: server.name as Name, stopped: stopOf(server), tools: count }
}
