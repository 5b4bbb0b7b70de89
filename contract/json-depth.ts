/**
 * True when JSON text opens more brackets at once than `limit`; brackets in strings do not count.
 * Looks at text, before any parser: a parser copes with a million levels, and what walks its answer
 * afterwards does not.
 */
export function nestsDeeperThan(limit: number, json: string): boolean {
  if (json.length <= limit) return false // each level takes a character
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (inString) {
      if (char === BACKSLASH) at++
      else if (char === QUOTE) inString = false
    } else if (char === QUOTE) inString = true
    else if (char === OPEN_LIST || char === OPEN_OBJECT) {
      if (++depth > limit) return true
    } else if (char === CLOSE_LIST || char === CLOSE_OBJECT) depth--
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
