import { createHash } from 'node:crypto'
import { canonicalJson } from '#contract/json.ts'
import type { VersionText } from './version.ts'

/**
 * What a hash covers. A format never changes once versions carry it: their approvals are bound to
 * what it gives. When more belongs to a version, a new format is added beside the old ones.
 */
const COVERED = {
  1: (text: VersionText) => ({
    format: 1,
    server: text.server,
    tool: text.tool,
    description: text.description,
    code: text.code,
    inputSchema: text.inputSchema,
    outputSchema: text.outputSchema,
    annotations: text.annotations,
    manifest: {
      hosts: text.manifest.hosts,
      modules: text.manifest.modules,
      secrets: text.manifest.secrets,
    },
    timeoutMs: text.timeoutMs,
  }),
  2: (text: VersionText) => ({
    format: 2,
    server: text.server,
    tool: text.tool,
    publication: text.publication,
    description: text.description,
    language: text.language,
    code: text.code,
    inputSchema: text.inputSchema,
    outputSchema: text.outputSchema,
    annotations: text.annotations,
    manifest: text.manifest,
    moduleLock: text.moduleLock,
    timeoutMs: text.timeoutMs,
  }),
  3: (text: VersionText) => ({
    format: 3,
    server: text.server,
    tool: text.tool,
    publication: text.publication,
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
  }),
} as const satisfies Record<number, (text: VersionText) => object>

export type HashFormat = keyof typeof COVERED

/** The format of versions that are stored now. */
export const HASH_FORMAT: HashFormat = 3

/**
 * The hash that an approval binds to: SHA-256, in hex, over everything that changes what a version
 * does or how it is presented, written as JSON with sorted keys.
 * @throws when the format is not known here, as after a step back to an older MCPbox.
 */
export function versionHash(text: VersionText, format: number = HASH_FORMAT): string {
  const covered = (COVERED as Record<number, (text: VersionText) => object>)[format]
  if (covered === undefined)
    throw new Error(`versions of format ${format} are not known to this MCPbox; it is too old`)
  return createHash('sha256')
    .update(canonicalJson(covered(text)))
    .digest('hex')
}
