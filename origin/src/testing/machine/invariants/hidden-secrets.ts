import { spellings } from '#contract/scrubbing/spellings.ts'
import type { Kept } from '../kept.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/**
 * No value of a secret, and no link to set one, stands in anything that was answered or logged, nor in
 * any row of any table, in whatever spelling.
 */
export function hiddenSecrets(world: World, { everything }: Kept): void {
  const shown = world.shown.splice(0)
  for (const value of world.ledger.hidden)
    for (const spelled of spellings(value)) {
      const told = shown.find((text) => text.includes(spelled) || said(text).includes(spelled))
      holds(told === undefined, `a secret was shown as ${spelled}: ${told?.slice(0, 500)}`)
      holds(!everything.includes(spelled), `a secret is kept in the open as ${spelled}`)
    }
}

/** Of JSON, what its texts say. */
function said(text: string): string {
  return text.replace(/\\(["\\/])/g, '$1').replaceAll('\\n', '\n')
}
