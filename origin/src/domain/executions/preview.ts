import { MAX_RESULT_CHARS } from '#contract/limits.ts'

/** Characters of a result that is too long of which its client gets the first ones. */
const SHOWN = 10_000

/**
 * What a client gets instead of text that is too long for it, and how it reads the whole. Images,
 * audio and files stand in it as a few words each.
 *
 * @param handle names the operation, whose result is kept as long as it is
 */
export function preview(whole: string, handle: string): string {
  const total = charactersOf(whole)
  const shown = firstCharacters(whole, SHOWN)
  const next = JSON.stringify({ handle, offset: SHOWN })
  return `${shown}\n… The first ${SHOWN} of ${total} characters; a client takes ${MAX_RESULT_CHARS}. Read on with mcpbox_read_result ${next}, or ask the tool for less. Images and files are left out.`
}

/** Unicode code points, as PostgreSQL counts them. */
function charactersOf(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function firstCharacters(text: string, most: number): string {
  const characters = Array.from(text.slice(0, 2 * most))
  return characters.slice(0, most).join('')
}
