import { createHash } from 'node:crypto'
import { canonicalJson } from '#contract/json.ts'
import type { VersionText } from './version.ts'

/**
 * The hash that an approval binds to: SHA-256, in hex, over the whole text of a version written as
 * JSON with sorted keys. Third-party modules are not part of a version yet, so there is no lock in
 * it; `format` changes when something is added.
 */
export function versionHash(text: VersionText): string {
  const covered = {
    format: 1,
    server: text.server,
    tool: text.tool,
    description: text.description,
    code: text.code,
    inputSchema: text.inputSchema,
    outputSchema: text.outputSchema,
    annotations: text.annotations,
    manifest: text.manifest,
    timeoutMs: text.timeoutMs,
  }
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}
