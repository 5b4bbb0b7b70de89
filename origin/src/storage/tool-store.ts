import { and, asc, count, desc, eq, inArray, isNotNull, isNull, like, max, sql } from 'drizzle-orm'
import { lineText, manifestLines } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import { addressOf } from '#contract/publication.ts'
import { refuse } from '../domain/refusal.ts'
import type { ToolStore } from '../domain/tools/tool-store.ts'
import { HASH_FORMAT, versionHash } from '../domain/tools/version-hash.ts'
import { breaks } from './broken-constraint.ts'
import type { Db } from './database.ts'
import { grantedLinesOf } from './granted-lines.ts'
import { takenBackSince, wasAnothersLive } from './other-versions.ts'
import { approvals, grants, principals, servers, tools, versions } from './schema.ts'
import { storableText } from './storable-text.ts'
import { stopOf, toCandidate, toVersion } from './version-rows.ts'

/** A server of this name that was not deleted. */
function isThere(server: string) {
  return and(eq(servers.name, server), isNull(servers.deletedAt))
}

const label = sql<string>`coalesce(${principals.label}, ${servers.stoppedBy})`

export function pgToolStore(db: Db): ToolStore {
  const select = () =>
    db
      .select({ version: versions, server: servers.name, tool: tools.name })
      .from(versions)
      .innerJoin(tools, eq(tools.id, versions.toolId))
      .innerJoin(servers, eq(servers.id, tools.serverId))

  const candidates = () =>
    db
      .select({
        version: versions,
        server: servers.name,
        tool: tools.name,
        approvedHash: approvals.hash,
        policy: approvals.decidedByPolicy,
        lines: grantedLinesOf(versions.id),
      })
      .from(versions)
      .innerJoin(tools, eq(tools.id, versions.toolId))
      .innerJoin(servers, eq(servers.id, tools.serverId))
      .leftJoin(
        approvals,
        and(eq(approvals.id, versions.approvalId), eq(approvals.state, 'approved')),
      )

  return {
    async addServer(server) {
      const [row] = await db
        .insert(servers)
        .values(server)
        .onConflictDoNothing({ target: servers.name, where: sql`deleted_at is null` })
        .returning({ id: servers.id })
      return (
        row?.id ??
        refuse(
          'name_taken',
          `There is already a server named "${server.name}": use it, or choose another name.`,
        )
      )
    },

    async servers() {
      const rows = await db
        .select({ server: servers, tools: count(tools.id) })
        .from(servers)
        .leftJoin(tools, and(eq(tools.serverId, servers.id), isNull(tools.deletedAt)))
        .where(isNull(servers.deletedAt))
        .groupBy(servers.id)
        .orderBy(asc(servers.name))
      return rows.map((row) => ({
        ...row.server,
        name: row.server.name as Name,
        stopped: stopOf(row.server),
        tools: row.tools,
      }))
    },

    async serverId(name) {
      const [row] = await db.select({ id: servers.id }).from(servers).where(isThere(name))
      return row?.id ?? null
    },

    async addTool(tool) {
      const [row] = await db
        .insert(tools)
        .values(tool)
        .onConflictDoNothing({
          target: [tools.serverId, tools.name],
          where: sql`deleted_at is null`,
        })
        .returning({ id: tools.id })
      return (
        row?.id ??
        refuse(
          'name_taken',
          `This server already has a tool named "${tool.name}"; change it with mcpbox_update_tool.`,
        )
      )
    },

    async tool(server, name) {
      const [row] = await db
        .select({ id: tools.id })
        .from(tools)
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .where(and(isThere(server), eq(tools.name, name), isNull(tools.deletedAt)))
      return row === undefined ? null : { id: row.id, server, name }
    },

    async toolsOf(server) {
      const rows = await db
        .select({ name: tools.name, number: versions.number, state: versions.state })
        .from(tools)
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .innerJoin(versions, eq(versions.toolId, tools.id))
        .where(and(isThere(server), isNull(tools.deletedAt)))
        .orderBy(asc(tools.name), asc(versions.number))
      return [...Map.groupBy(rows, (row) => row.name as Name)].map(([name, of]) => ({
        name,
        versions: of.map(({ number, state }) => ({ number, state })),
      }))
    },

    async lock(toolId) {
      const [row] = await db
        .select({ deletedAt: tools.deletedAt })
        .from(tools)
        .where(eq(tools.id, toolId))
        .for('update')
      return row !== undefined && row.deletedAt === null
    },

    async addVersion(toolId, text, createdBy) {
      const [newest] = await db
        .select({ number: max(versions.number) })
        .from(versions)
        .where(eq(versions.toolId, toolId))
      const [row] = await db
        .insert(versions)
        .values({
          toolId,
          number: (newest?.number ?? 0) + 1,
          state: 'draft',
          hash: versionHash(text),
          hashFormat: HASH_FORMAT,
          kind: text.publication.kind,
          address: addressOf(text.publication),
          mimeType: text.publication.kind === 'resource' ? text.publication.mimeType : null,
          description: text.description,
          language: text.language,
          code: text.code,
          inputSchema: text.inputSchema,
          outputSchema: text.outputSchema,
          annotations: text.annotations,
          manifest: text.manifest,
          moduleLock: text.moduleLock,
          timeoutMs: text.timeoutMs,
          queueWhenAway: text.queueWhenAway,
          createdBy,
        })
        .returning()
      if (row === undefined) throw new Error('the new version was not stored')
      return toVersion({ version: row, server: text.server, tool: text.tool })
    },

    async version(id) {
      const [row] = await select().where(eq(versions.id, id))
      return row === undefined ? null : toVersion(row)
    },

    async versions(toolId) {
      const rows = await select().where(eq(versions.toolId, toolId)).orderBy(desc(versions.number))
      return rows.map(toVersion)
    },

    async versionIn(toolId, state) {
      const [row] = await select().where(
        and(eq(versions.toolId, toolId), eq(versions.state, state)),
      )
      return row === undefined ? null : toVersion(row)
    },

    async move(versionId, to, approvalId) {
      try {
        await db
          .update(versions)
          .set({ state: to, ...(approvalId === undefined ? {} : { approvalId }) })
          .where(eq(versions.id, versionId))
      } catch (fault) {
        const taken = ['versions_one_live_address', 'versions_one_live_shape']
        if (!taken.some((constraint) => breaks(fault, constraint))) throw fault
        refuse(
          'name_taken',
          'Something else that is live has this name or address; publish it under another.',
        )
      }
    },

    async liveAt(kind, address) {
      if (storableText(address) !== address) return null
      const [row] = await candidates().where(
        and(
          eq(versions.kind, kind),
          eq(versions.address, address),
          eq(versions.state, 'live'),
          isNull(servers.stoppedAt),
        ),
      )
      return row === undefined ? null : toCandidate(row)
    },

    async stoppedAt(kind, address) {
      if (storableText(address) !== address) return null
      const [row] = await db
        .select({
          server: servers.name,
          at: servers.stoppedAt,
          actor: servers.stoppedBy,
          by: label,
        })
        .from(versions)
        .innerJoin(tools, eq(tools.id, versions.toolId))
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .leftJoin(principals, eq(principals.key, servers.stoppedBy))
        .where(
          and(
            eq(versions.kind, kind),
            eq(versions.address, address),
            eq(versions.state, 'live'),
            isNotNull(servers.stoppedAt),
          ),
        )
      if (row === undefined || row.at === null || row.actor === null) return null
      return { server: row.server as Name, at: row.at, actor: row.actor, by: row.by }
    },

    async liveTemplates(of) {
      const rows = await db
        .select({ address: versions.address })
        .from(versions)
        .innerJoin(tools, eq(tools.id, versions.toolId))
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .where(
          and(
            eq(versions.kind, 'resource'),
            eq(versions.state, 'live'),
            like(versions.address, '%{%'),
            of === 'running' ? isNull(servers.stoppedAt) : isNotNull(servers.stoppedAt),
          ),
        )
        .orderBy(sql`${versions.address} collate "C"`)
      return rows.map(({ address }) => address)
    },

    async live(kinds) {
      const rows = await select()
        .where(
          and(
            eq(versions.state, 'live'),
            inArray(versions.kind, [...kinds]),
            isNull(servers.stoppedAt),
          ),
        )
        .orderBy(sql`${servers.name} collate "C"`, sql`${tools.name} collate "C"`)
      return rows.map(toVersion)
    },

    async countLive(kind) {
      const [row] = await db
        .select({ live: count() })
        .from(versions)
        .innerJoin(tools, eq(tools.id, versions.toolId))
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .where(and(eq(versions.state, 'live'), eq(versions.kind, kind), isNull(servers.stoppedAt)))
      return row?.live ?? 0
    },

    async candidate(versionId) {
      const [row] = await candidates().where(eq(versions.id, versionId))
      return row === undefined ? null : toCandidate(row)
    },

    wasAnothersLive: (version) => wasAnothersLive(db, version),
    takenBackSince: (version, now) => takenBackSince(db, version, now),

    async addGrants(version, approvalId, expiries) {
      const until = new Map(expiries.map((line) => [lineText(line), line.at]))
      const lines = manifestLines(version.manifest).map((line) => ({
        ...line,
        versionId: version.id,
        approvalId,
        expiresAt: until.get(lineText(line)) ?? null,
      }))
      if (lines.length > 0) await db.insert(grants).values(lines)
    },
  }
}
