import { Automaton } from './automaton.ts'
import { joined } from './separators.ts'
import { SHORTEST_ENCODED, spellings, utf8 } from './spellings.ts'

/** Something to be found: a spelling of a secret, or a window of one. */
export interface Needle {
  name: string
  length: number
  /** It is found only where it begins and ends with a word, because it is short. */
  alone: boolean
}

/** Needles, and what finds them. */
export interface NeedleSet {
  automaton: Automaton
  /** By the index of the pattern. */
  needles: readonly Needle[]
}

/** All that is looked for, in texts of one alphabet. */
export interface Needles {
  /** As spelled. */
  exact: NeedleSet
  /** Without separators, in a text without its separators. */
  split: NeedleSet
}

/** Split values that are shorter are looked for between the edges of words only. */
const SHORTEST_SPLIT_ANYWHERE = 8
/**
 * What is longer is looked for in windows of this length, so that a long piece of it is found too,
 * and a scan never has to keep back more.
 */
export const WINDOW = 64

/** `bytes` are texts with one character for each byte of UTF-8. */
export function needlesFor(
  secrets: Iterable<readonly [name: string, value: string]>,
  alphabet: 'text' | 'bytes',
): Needles {
  const exact = new Map<string, Needle>()
  const split = new Map<string, Needle>()
  for (const [name, value] of secrets)
    for (const spelling of [value, value.trim()].filter(Boolean).flatMap(spellings)) {
      const pattern = alphabet === 'text' ? spelling : utf8(spelling)
      for (const window of windows(pattern)) {
        const alone = spelling.length < SHORTEST_ENCODED
        exact.set(window, exact.get(window) ?? { name, length: window.length, alone })
      }
      const parts = joined(pattern)
      if (parts.length >= SHORTEST_ENCODED)
        for (const window of windows(parts)) {
          const alone = parts.length < SHORTEST_SPLIT_ANYWHERE
          split.set(window, split.get(window) ?? { name, length: window.length, alone })
        }
    }
  return { exact: setOf(exact), split: setOf(split) }
}

function setOf(found: ReadonlyMap<string, Needle>): NeedleSet {
  return { automaton: new Automaton([...found.keys()]), needles: [...found.values()] }
}

/** Pieces that cover a pattern; the last two may overlap. */
function windows(pattern: string): string[] {
  if (pattern.length <= WINDOW) return [pattern]
  const pieces: string[] = []
  for (let at = 0; at + WINDOW < pattern.length; at += WINDOW)
    pieces.push(pattern.slice(at, at + WINDOW))
  return [...pieces, pattern.slice(-WINDOW)]
}
