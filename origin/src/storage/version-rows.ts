import type { PolicyRule } from '#contract/approval-policy.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import type { Name } from '#contract/names.ts'
import type { Publication } from '#contract/publication.ts'
import type { Candidate, Stop } from '../domain/tools/tool-store.ts'
import type { Version } from '../domain/tools/version.ts'
import { toGrantedLines } from './granted-lines.ts'
import type { versions } from './schema.ts'

/** Rows of versions and servers, as the domain knows them. */

export function toCandidate({
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

export function toVersion(row: {
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

/** Since when a server is stopped, and by whom; null while it runs. */
export function stopOf(server: { stoppedAt: Date | null; stoppedBy: string | null }): Stop | null {
  const { stoppedAt: at, stoppedBy: actor } = server
  return at === null || actor === null ? null : { at, actor }
}
