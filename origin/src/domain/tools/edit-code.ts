import { MAX_CODE_BYTES } from '#contract/limits.ts'
import { refuse } from '../refusal.ts'
import { nearPlaces } from './near-places.ts'

/** One place to change, by what stands there. */
export interface Replacement {
  find: string
  replace: string
  /** Every place where it stands; else it must stand in exactly one. */
  all: boolean
}

/**
 * The code with each replacement made, in order, each in what the one before left.
 * @throws Refusal edit_failed, where something stands nowhere, or in more places than one; code_invalid
 */
export function replaceIn(code: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((text, replacement, at) => {
    const which = replacements.length === 1 ? 'The text to find' : `The text of edit ${at + 1}`
    return replaced(text, replacement, which)
  }, code)
}

function replaced(text: string, { find, replace, all }: Replacement, which: string): string {
  const pieces = text.split(find)
  const times = pieces.length - 1
  if (times === 0)
    return refuse(
      'edit_failed',
      `${which} stands nowhere in the code, so nothing was changed.${nearPlaces(text, find)}`,
    )
  if (times > 1 && !all)
    return refuse(
      'edit_failed',
      `${which} stands in ${times} places, at ${linesOf(pieces, find)}, so nothing was changed: take in more of what stands around it, or say \`all: true\`.`,
    )
  const chars = text.length + times * (replace.length - find.length)
  if (chars > MAX_CODE_BYTES)
    refuse(
      'code_invalid',
      `The code would be ${chars} characters long; the limit is ${MAX_CODE_BYTES} bytes.`,
    )
  return pieces.join(replace)
}

/** The lines at which what stands between the pieces begins. */
function linesOf(pieces: readonly string[], find: string): string {
  const shown = 10
  const lines: number[] = []
  let line = 1
  for (const piece of pieces.slice(0, Math.min(pieces.length - 1, shown))) {
    line += lineFeeds(piece)
    lines.push(line)
    line += lineFeeds(find)
  }
  return `line${lines.length > 1 ? 's' : ''} ${lines.join(', ')}${pieces.length - 1 > shown ? ', …' : ''}`
}

function lineFeeds(text: string): number {
  return text.split('\n').length - 1
}
