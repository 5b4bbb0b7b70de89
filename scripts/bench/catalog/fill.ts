import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { ToolAnnotations } from '../../../contract/catalog.ts'
import { EMPTY_MANIFEST } from '../../../contract/manifest.ts'
import { Name, wireName } from '../../../contract/names.ts'
import { HASH_FORMAT, versionHash } from '../../../origin/src/domain/tools/version-hash.ts'
import type { VersionText } from '../../../origin/src/domain/tools/version.ts'
import type { Db } from '../../../origin/src/storage/database.ts'
import { admins, approvals, servers, tools, versions } from '../../../origin/src/storage/schema.ts'
import type { CatalogTool } from './catalog-tools.ts'

const AT_ONCE = 500

/** Puts tools into an empty database, each live by an approval of its own. */
export async function fill(db: Db, catalog: readonly CatalogTool[]): Promise<void> {
  const adminId = randomUUID()
  await db.insert(admins).values({ id: adminId, username: 'bench', passwordHash: '' })
  const serverIds = new Map<string, string>()
  for (const { server, about } of catalog) {
    if (serverIds.has(server)) continue
    serverIds.set(server, randomUUID())
    const id = serverIds.get(server)
    await db.insert(servers).values({ id, name: server, description: about, createdBy: 'bench' })
  }
  for (let from = 0; from < catalog.length; from += AT_ONCE) {
    const rows = catalog.slice(from, from + AT_ONCE).map((tool) => {
      const text = textOf(tool)
      const [toolId, id, approvalId] = [randomUUID(), randomUUID(), randomUUID()]
      const serverId = serverIds.get(tool.server) ?? ''
      return { text, toolId, id, approvalId, serverId, hash: versionHash(text) }
    })
    await db.insert(tools).values(
      rows.map(({ toolId, serverId, text }) => ({
        id: toolId,
        serverId,
        name: text.tool,
        createdBy: 'bench',
      })),
    )
    await db.insert(versions).values(
      rows.map(({ id, toolId, hash, text }) => ({
        id,
        toolId,
        number: 1,
        state: 'draft' as const,
        hash,
        hashFormat: HASH_FORMAT,
        kind: 'tool' as const,
        address: wireName(text.server, text.tool),
        description: text.description,
        language: text.language,
        code: text.code,
        inputSchema: text.inputSchema,
        annotations: text.annotations,
        manifest: text.manifest,
        timeoutMs: text.timeoutMs,
        queueWhenAway: false,
        createdBy: 'bench',
      })),
    )
    await db.insert(approvals).values(
      rows.map(({ id, approvalId, hash }) => ({
        id: approvalId,
        versionId: id,
        hash,
        state: 'approved' as const,
        requestedBy: 'bench',
        notes: '',
        decidedBy: adminId,
        decidedAt: new Date(),
      })),
    )
  }
  await db.execute(sql`update versions set state = 'live', approval_id = approvals.id
    from approvals where approvals.version_id = versions.id`)
}

function textOf({ server, name, description, args, required, effect }: CatalogTool): VersionText {
  const named = { server: Name.parse(server), tool: Name.parse(name) }
  const properties = Object.fromEntries(
    Object.entries(args).map(([arg, says]) => [arg, { type: 'string', description: says }]),
  )
  const signature = Object.keys(args)
    .map((arg) => `${arg}: str = ''`)
    .join(', ')
  const annotations: ToolAnnotations = {
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destructive',
    idempotentHint: false,
    openWorldHint: true,
  }
  return {
    ...named,
    publication: { kind: 'tool', name: wireName(server, name) },
    description,
    language: 'python',
    code: `async def main(${signature}):\n    return {}\n`,
    inputSchema: { type: 'object', properties, required },
    outputSchema: null,
    annotations,
    manifest: EMPTY_MANIFEST,
    moduleLock: null,
    timeoutMs: 30_000,
    queueWhenAway: false,
  }
}
