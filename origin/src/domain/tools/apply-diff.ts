import { applyPatch, parsePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff'
import { refuse } from '../refusal.ts'
import { nearPlaces } from './near-places.ts'

/** Lines of the diff times lines of the code: what seeking a place for each hunk costs at worst. */
const MOST_COMPARISONS = 20_000_000

/**
 * The code with a unified diff applied. Every hunk must fit letter for letter, wherever that is;
 * numbers of lines may be wrong, as those who cannot count write them.
 * @throws Refusal edit_failed
 */
export function applyDiff(code: string, diff: string): string {
  const [patch, ...others] = parsed(recounted(diff))
  if (patch === undefined || patch.hunks.length === 0 || others.length > 0)
    return refuse(
      'edit_failed',
      'Give one unified diff of the one file that the code is: hunks that begin with `@@ -1,2 +1,3 @@`.',
    )
  const lines = patch.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0)
  if (lines * (code.split('\n').length + 1) > MOST_COMPARISONS)
    return refuse('edit_failed', 'The diff is too long for this code: send the whole new code.')
  const text = withLastLineFeed(code, diff)
  const applied = applyPatch(text, patch)
  if (applied !== false) return applied
  return refuse('edit_failed', whyNot(text, patch))
}

function parsed(diff: string): StructuredPatch[] {
  try {
    return parsePatch(diff)
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault
    return refuse('edit_failed', `This is no unified diff: ${fault.message.split('\n')[0]}`)
  }
}

/** The numbers of lines in the heads of hunks, as the hunks have them. */
function recounted(diff: string): string {
  const lines = diff.replace(/\n$/, '').split('\n')
  const heads = lines.flatMap((line, at) => (line.startsWith('@@ ') ? [at] : []))
  heads.forEach((head, at) => {
    const body = lines.slice(head + 1, heads[at + 1] ?? lines.length)
    // An empty line of context, whose one space somebody took for nothing.
    body.forEach((line, offset) => {
      if (line === '') lines[head + 1 + offset] = ' '
    })
    const count = (...marks: string[]) =>
      body.filter((line) => marks.includes(line[0] ?? ' ')).length
    lines[head] = (lines[head] ?? '').replace(
      /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/,
      `@@ -$1,${count(' ', '-')} +$2,${count(' ', '+')} @@`,
    )
  })
  return `${lines.join('\n')}\n`
}

/** Code whose last line has no line feed gets one, where the diff does not say that it has none. */
function withLastLineFeed(code: string, diff: string): string {
  return code === '' || code.endsWith('\n') || diff.includes('\n\\') ? code : `${code}\n`
}

/** Which hunk fits nowhere by itself, and what is like its beginning. */
function whyNot(code: string, patch: StructuredPatch): string {
  const at = patch.hunks.findIndex(
    (hunk) => applyPatch(code, { ...patch, hunks: [hunk] }) === false,
  )
  const hunk = patch.hunks[at]
  if (hunk === undefined) return 'The hunks fit one by one, but not in this order; sort them.'
  return `Hunk ${at + 1} fits nowhere in the code, so nothing was changed: its lines of context and those to take away must stand there letter for letter.${nearPlaces(code, soughtBy(hunk))}`
}

function soughtBy({ lines }: StructuredPatchHunk): string {
  return lines
    .filter((line) => !line.startsWith('+'))
    .map((line) => line.slice(1))
    .join('\n')
}
