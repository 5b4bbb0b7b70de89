import { and, asc, count, desc, eq, inArray, like, max, sql } from 'drizzle-orm'
import type { PolicyRule } from '#contract/approval-policy.ts'
import { EMPTY_MANIFEST, lineText, manifestLines } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import { addressOf, type Publication } from '#contract/publication.ts'
import { refuse } from '../domain/refusal.ts'
import type { Candidate, ToolStore } from '../domain/tools/tool-store.ts'
import { HASH_FORMAT, versionHash } from '../domain/tools/version-hash.ts'
import type { Version } from '../domain/tools/version.ts'
import { breaks } from './broken-constraint.ts'
import type { Db } from './database.ts'
import { grantedLinesOf, toGrantedLines } from './granted-lines.ts'
import { approvals, grants, servers, tools, versions } from './schema.ts'
import { storableText } from './storable-text.ts'

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
        .onConflictDoNothing({ target: servers.name })
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
        .leftJoin(tools, eq(tools.serverId, servers.id))
        .groupBy(servers.id)
        .orderBy(asc(servers.name))
      return rows.map((row) => ({
        ...row.server,
        name: row.server.name as Name,
        tools: row.tools,
      }))
    },

    async serverId(name) {
      const [row] = await db.select({ id: servers.id }).from(servers).where(eq(servers.name, name))
      return row?.id ?? null
    },

    async addTool(tool) {
      const [row] = await db
        .insert(tools)
        .values(tool)
        .onConflictDoNothing({ target: [tools.serverId, tools.name] })
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
        .where(and(eq(servers.name, server), eq(tools.name, name)))
      return row === undefined ? null : { id: row.id, server, name }
    },

    async toolsOf(server) {
      const rows = await db
        .select({ name: tools.name, number: versions.number, state: versions.state })
        .from(tools)
        .innerJoin(servers, eq(servers.id, tools.serverId))
        .innerJoin(versions, eq(versions.toolId, tools.id))
        .where(eq(servers.name, server))
        .orderBy(asc(tools.name), asc(versions.number))
      return [...Map.groupBy(rows, (row) => row.name as Name)].map(([name, of]) => ({
        name,
        versions: of.map(({ number, state }) => ({ number, state })),
      }))
    },

    async lock(toolId) {
      await db.select({ id: tools.id }).from(tools).where(eq(tools.id, toolId)).for('update')
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
        and(eq(versions.kind, kind), eq(versions.address, address), eq(versions.state, 'live')),
      )
      return row === undefined ? null : toCandidate(row)
    },

    async liveTemplates() {
      const rows = await db
        .select({ address: versions.address })
        .from(versions)
        .where(
          and(
            eq(versions.kind, 'resource'),
            eq(versions.state, 'live'),
            like(versions.address, '%{%'),
          ),
        )
        .orderBy(sql`${versions.address} collate "C"`)
      return rows.map(({ address }) => address)
    },

    async live(kinds) {
      const rows = await select()
        .where(and(eq(versions.state, 'live'), inArray(versions.kind, [...kinds])))
        .orderBy(sql`${servers.name} collate "C"`, sql`${tools.name} collate "C"`)
      return rows.map(toVersion)
    },

    async countLive(kind) {
      const [row] = await db
        .select({ live: count() })
        .from(versions)
        .where(and(eq(versions.state, 'live'), eq(versions.kind, kind)))
      return row?.live ?? 0
    },

    async candidate(versionId) {
      const [row] = await candidates().where(eq(versions.id, versionId))
      return row === undefined ? null : toCandidate(row)
    },

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

function toCandidate({
  approvedHash,
  policy,
  lines,
  ...row
}: Parameters<typeof toVersion>[0] & {
  approvedHash: string | null
  policy: PolicyRule | null
  lines: unknown
}): Candidate {
  const approved =
    approvedHash === null ? null : { hash: approvedHash, policy, lines: toGrantedLines(lines) }
  return { version: toVersion(row), approved }
}

function toVersion(row: {
  version: typeof versions.$inferSelect
  server: string
  tool: string
}): Version {
  const { kind, address, mimeType, ...version } = row.version
  const publication: Publication =
    kind === 'resource' ? { kind, uri: address, mimeType } : { kind, name: address }
  return {
    ...version,
    publication,
    // Texts of format 1 were stored before a manifest could name packages.
    manifest: { ...EMPTY_MANIFEST, ...version.manifest },
    server: row.server as Name,
    tool: row.tool as Name,
  }
}
