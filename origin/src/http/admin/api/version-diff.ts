import { isDeepStrictEqual } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import type { VersionDiff } from '#contract/admin-door/version-diff.ts'
import { Json } from '#contract/json.ts'
import { lineInWords } from '#contract/manifest-in-words.ts'
import { type ManifestLine, manifestLines } from '#contract/manifest.ts'
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
    queue_when_away: version.queueWhenAway,
  }
}

/** What `to` says otherwise than `from`. */
export function versionDiff(from: Version, to: Version): VersionDiff {
  const before = fieldsOf(from)
  const after = fieldsOf(to)
  const [old, now] = [manifestLines(from.manifest), manifestLines(to.manifest)]
  const added = now.filter((line) => !old.some((one) => isSame(one, line)))
  const removed = old.filter((line) => !now.some((one) => isSame(one, line)))
  return {
    from: from.number,
    to: to.number,
    code: codeDiff(from, to),
    fields: Object.keys(after)
      .filter((field) => !isDeepStrictEqual(before[field], after[field]))
      .map((field) => ({ field, from: told(before[field]), to: told(after[field]) })),
    manifest: {
      added: added.map(asText),
      removed: removed.map(asText),
      in_words: [
        ...added.map((line) => `may now ${lineInWords(line)}`),
        ...removed.map((line) => `may no longer ${lineInWords(line)}`),
      ],
    },
  }
}

function asText({ kind, value }: ManifestLine): string {
  return `${kind} ${value}`
}

function isSame(one: ManifestLine, other: ManifestLine): boolean {
  return asText(one) === asText(other)
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
