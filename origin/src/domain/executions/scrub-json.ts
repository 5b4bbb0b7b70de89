import type { Json } from '#contract/json.ts'

/** How the parts of a JSON value are cleaned: strings and keys together, as they follow one another. */
export interface JsonCleaner {
  strings: (texts: string[]) => string[]
  keys: (texts: string[]) => string[]
  number: (value: number) => Json
}

/** A value with its parts cleaned. Keys that become equal are one key, with the value of the last. */
export function cleanJson(value: Json, cleaner: JsonCleaner): Json {
  const strings: string[] = []
  const keys: string[] = []
  rebuilt(value, collected(strings), collected(keys), cleaner.number)
  return rebuilt(
    value,
    inOrder(cleaner.strings(strings)),
    inOrder(cleaner.keys(keys)),
    cleaner.number,
  )
}

type Text = (text: string) => string

function rebuilt(value: Json, string: Text, key: Text, number: JsonCleaner['number']): Json {
  if (typeof value === 'string') return string(value)
  if (typeof value === 'number') return number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => rebuilt(item, string, key, number))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [key(name), rebuilt(item, string, key, number)]),
  )
}

/** Notes each text, and leaves it. */
export function collected(texts: string[]): Text {
  return (text) => {
    texts.push(text)
    return text
  }
}

/** Gives, for texts in the order in which they were collected, what they became. */
export function inOrder(cleaned: readonly string[]): Text {
  let next = 0
  return () => cleaned[next++] ?? ''
}
