import { oddCharacters } from './odd-characters.ts'

/**
 * Text as a person must see it before deciding: every odd character is spelled out, `\u{202e}`. Line
 * feeds and tabs stay.
 */
export function visibleText(text: string): string {
  return spelledOut(text, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** The same for what is one line: a line feed is spelled out, too. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\u{a}')
}

/** True for a text that says what it seems to say. */
export function isPlain(text: string): boolean {
  return oddCharacters(text).size === 0
}

/** The same for all texts in something that is JSON. */
export function isPlainJson(value: unknown): boolean {
  return (JSON.stringify(value).match(TEXTS) ?? []).every((text) => isPlain(JSON.parse(text)))
}

/** The texts of JSON, as they are written. */
const TEXTS = /"(?:[^"\\]|\\.)*"/g

/**
 * JSON (RFC 8259) that says the same as `JSON.stringify`, with escapes for odd characters, and for what
 * begins an element of HTML or the target of a link of Markdown: whoever shows it as it comes shows all
 * of it, and follows nothing.
 */
export function visibleJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent)
  if (!/[^\n\x20-\x7e]|<|\]\(/.test(json)) return json
  return json.replace(TEXTS, (literal) => {
    const text = JSON.parse(literal) as string
    const safe = spelledOut(text, unitEscapes, (piece) => JSON.stringify(piece).slice(1, -1))
    return `"${safe.replace(/<(?=[a-z/!?])/gi, '\\u003c').replaceAll('](', ']\\u0028')}"`
  })
}

function unitEscapes(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

function spelledOut(
  text: string,
  spell: (character: string) => string,
  keep: (piece: string) => string = (piece) => piece,
): string {
  let spelled = ''
  let from = 0
  for (const at of [...oddCharacters(text)].sort((a, b) => a - b)) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    spelled += keep(text.slice(from, at)) + spell(character)
    from = at + character.length
  }
  return spelled + keep(text.slice(from))
}
