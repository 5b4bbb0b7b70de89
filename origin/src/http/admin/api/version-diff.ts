import { isDeepStrictEqual } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import type { VersionDiff } from '#contract/admin-door/tools.ts'
import { Json } from '#contract/json.ts'
import { manifestLines } from '#contract/manifest.ts'
import type { Version } from '../../../domain/tools/version.ts'

/** Everything of a version but its code and its manifest, as it is told. */
function fieldsOf(version: Version): Record<string, unknown> {
  return {
    publication: version.publication,
    description: version.description,
    language: version.language,
    input_schema: version.inputSchema,
    output_schema: version.outputSchema,
    annotations: version.annotations,
    module_lock: version.moduleLock,
    timeout_ms: version.timeoutMs,
  }
}

/** What `to` says otherwise than `from`. */
export function versionDiff(from: Version, to: Version): VersionDiff {
  const before = fieldsOf(from)
  const after = fieldsOf(to)
  const linesOf = ({ manifest }: Version) =>
    manifestLines(manifest).map(({ kind, value }) => `${kind} ${value}`)
  const [old, now] = [linesOf(from), linesOf(to)]
  return {
    from: from.number,
    to: to.number,
    code: codeDiff(from, to),
    fields: Object.keys(after)
      .filter((field) => !isDeepStrictEqual(before[field], after[field]))
      .map((field) => ({ field, from: told(before[field]), to: told(after[field]) })),
    manifest: {
      added: now.filter((line) => !old.includes(line)),
      removed: old.filter((line) => !now.includes(line)),
    },
  }
}

function told(value: unknown): Json {
  return Json.parse(value ?? null)
}

function codeDiff(from: Version, to: Version): string {
  if (from.code === to.code) return ''
  const name = (version: Version) => `version ${version.number}`
  return createTwoFilesPatch(name(from), name(to), from.code, to.code, undefined, undefined, {
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  })
}
