import type { JsonObject } from '#contract/json.ts'
import { wireName } from '#contract/names.ts'
import type { Version } from '../tools/version.ts'
import { warningsAbout } from './warnings.ts'

/** A version's facts as management tools tell them. */
export function describeVersion(version: Version): JsonObject {
  return {
    tool: wireName(version.server, version.tool),
    version: version.number,
    state: version.state,
    hash: version.hash,
    published_as: version.publication,
    description: version.description,
    language: version.language,
    input_schema: version.inputSchema,
    output_schema: version.outputSchema,
    manifest: version.manifest,
    module_lock: version.moduleLock,
    timeout_ms: version.timeoutMs,
    queue_when_away: version.queueWhenAway,
    warnings: warningsAbout(version),
  }
}
