/** Known parts of a text, and null where something stands that only running the code would tell. */
export type Text = readonly (string | null)[]

export const UNKNOWN: Text = [null]

const MOST_ALTERNATIVES = 48
const MOST_CHARS = 4_096

/** The whole text; null where a part of it is unknown. */
export function known(text: Text): string | null {
  return text.includes(null) ? null : text.join('')
}

/** One text after the other. What is too long ends in the unknown. */
export function joined(parts: readonly Text[]): Text {
  const result: (string | null)[] = []
  let room = MOST_CHARS
  for (const part of parts.flat()) {
    const last = result.at(-1)
    if (part === null) {
      if (last !== null) result.push(null)
      continue
    }
    if (part.length > room) return [...result, part.slice(0, room), null]
    room -= part.length
    if (typeof last === 'string') result[result.length - 1] = last + part
    else result.push(part)
  }
  return result.length > 0 ? result : ['']
}

/** Alternatives without repeats; too many end in one that is unknown. */
export function either(choices: readonly Text[]): Text[] {
  const different = new Map(choices.map((text) => [JSON.stringify(text), text]))
  const texts = [...different.values()]
  return texts.length <= MOST_ALTERNATIVES ? texts : [...texts.slice(0, MOST_ALTERNATIVES), UNKNOWN]
}

/** Every way to put one alternative of each after the other. */
export function inSequence(parts: readonly (readonly Text[])[]): Text[] {
  let ways: Text[] = [['']]
  for (const alternatives of parts)
    ways = either(ways.flatMap((way) => alternatives.map((text) => joined([way, text]))))
  return ways
}
