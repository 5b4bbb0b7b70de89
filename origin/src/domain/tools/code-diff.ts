import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'

interface NumberedCode {
  number: number
  code: string
}

/**
 * Edits up to which a shortest diff is sought: the work grows with their square, and whoever writes
 * code chooses how many there are.
 */
const MOST_EDITS = 2_000

/** What `to` says otherwise than `from`, as a unified diff; empty when both are the same. */
export function codeDiff(from: NumberedCode, to: NumberedCode): string {
  if (from.code === to.code) return ''
  const [before, after] = [from, to].map(({ number }) => `version ${number}`)
  const patch = structuredPatch(before ?? '', after ?? '', from.code, to.code, '', '', {
    maxEditLength: MOST_EDITS,
  })
  if (patch === undefined) return `--- ${before}\n+++ ${after}\n${rewritten(from.code, to.code)}`
  return formatPatch(patch, FILE_HEADERS_ONLY)
}

/** How many lines were added and removed; null when too much differs to count. */
export function countedLines(from: string, to: string): { added: number; removed: number } | null {
  const patch = structuredPatch('', '', from, to, '', '', {
    maxEditLength: MOST_EDITS,
    context: 0,
  })
  if (patch === undefined) return null
  const lines = patch.hunks.flatMap((hunk) => hunk.lines)
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}

/** The whole text in place of the whole text before. */
function rewritten(from: string, to: string): string {
  const [old, now] = [from, to].map((text) => text.replace(/\n$/, '').split('\n'))
  if (old === undefined || now === undefined) throw new Error('two texts have two lists of lines')
  return [
    `@@ -1,${old.length} +1,${now.length} @@`,
    ...old.map((line) => `-${line}`),
    ...now.map((line) => `+${line}`),
    '',
  ].join('\n')
}
