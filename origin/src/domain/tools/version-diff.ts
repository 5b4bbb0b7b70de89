import { isDeepStrictEqual } from 'node:util'
import type { VersionDiff } from '#contract/admin-door/version-diff.ts'
import { Json } from '#contract/json.ts'
import { lineText, manifestLines } from '#contract/manifest.ts'
import { changesInWords } from './changes-in-words.ts'
import { codeDiff } from './code-diff.ts'
import type { VersionText } from './version.ts'

type Numbered = VersionText & { number: number }

/** Everything of a version but its code and its manifest, as it is told. */
function fieldsOf(version: VersionText): Record<string, unknown> {
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
export function versionDiff(from: Numbered, to: Numbered): VersionDiff {
  const before = fieldsOf(from)
  const after = fieldsOf(to)
  const linesOf = ({ manifest }: VersionText) => manifestLines(manifest).map(lineText)
  const [old, now] = [linesOf(from), linesOf(to)]
  return {
    from: from.number,
    to: to.number,
    words: changesInWords(from, to),
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
