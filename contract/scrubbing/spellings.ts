import { MIN_SECRET_CHARS } from '../limits.ts'

/** An encoded piece that is shorter is found by chance, as a value is. */
export const SHORTEST_ENCODED = MIN_SECRET_CHARS
/** From here on a value turned round, or in lower case, is nobody else's text. */
const SHORTEST_CHANGED = 8

/**
 * How a value may stand in a text: as it is, in JSON, in Python's literals, in HTML, URL-encoded
 * (RFC 3986, 2.1, and as forms do it), in hexadecimal, in base64 and base64url at each of the three
 * offsets that it can have inside something longer (RFC 4648, 4 and 5), in one case, backwards.
 */
export function spellings(value: string): string[] {
  if (value.length < SHORTEST_ENCODED) return [value]
  const bytes = utf8(value)
  const hex = Array.from(bytes, (byte) => hexadecimal(byte, 2)).join('')
  const pieces = [
    ...quoted(value),
    ...inHtml(value),
    ...urlEncoded(value.toWellFormed()),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
    ...(value.length < SHORTEST_CHANGED ? [] : changed(value)),
  ].filter((piece) => piece.length >= SHORTEST_ENCODED)
  return [...new Set([value, ...pieces])]
}

/** UTF-8 as a string with one character for each byte. */
export function utf8(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Inside quotes: JSON, with and without the letters of other scripts; Python's text and bytes. */
function quoted(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const unicode = (unit: string) => `\\u${hexadecimal(unit, 4)}`
  const bare = json.replaceAll('\\"', '"')
  return [
    json,
    json.replace(OTHER_SCRIPTS, unicode),
    bare,
    bare.replace(OTHER_SCRIPTS, (unit) => (unit > '\xff' ? unicode(unit) : byteEscape(unit))),
    utf8(bare).replace(OTHER_SCRIPTS, byteEscape),
  ]
}

const OTHER_SCRIPTS = /[^\0-\x7f]/g

function byteEscape(byte: string): string {
  return `\\x${hexadecimal(byte, 2)}`
}

function inHtml(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const attribute = text.replaceAll('"', '&quot;')
  return [text, attribute.replaceAll("'", '&#39;'), attribute.replaceAll("'", '&#x27;')]
}

function changed(value: string): string[] {
  return [value.toLowerCase(), value.toUpperCase(), Array.from(value).toReversed().join('')]
}

function hexadecimal(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0')
}

/** Encoders agree on neither what is left alone, nor on spaces, nor on case. */
function urlEncoded(value: string): string[] {
  const escape = (character: string) => `%${hexadecimal(character, 2).toUpperCase()}`
  const browser = encodeURIComponent(value)
  const strict = browser.replace(/[!'()*]/g, escape)
  return [browser, strict, browser.replace(/[!'()~]/g, escape), strict.replaceAll('%2F', '/')]
    .flatMap((encoded) => [encoded, encoded.replaceAll('%20', '+')])
    .flatMap((encoded) => [
      encoded,
      encoded.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()),
    ])
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * The characters of base64 that depend on the value alone, when `offset` bytes stand before it; and
 * those of the value by itself, of which the last may depend on what follows.
 */
function base64At(bytes: string, offset: number): string[] {
  const from = Math.ceil((offset * 8) / 6)
  const whole = sextets(bytes, offset, from, Math.floor(((offset + bytes.length) * 8) / 6))
  const pieces =
    offset === 0 ? [whole, sextets(bytes, 0, 0, Math.ceil((bytes.length * 8) / 6))] : [whole]
  return pieces.flatMap((piece) => [piece, piece.replaceAll('+', '-').replaceAll('/', '_')])
}

function sextets(bytes: string, offset: number, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) {
    const bit = at * 6 - offset * 8
    const pair = (bytes.charCodeAt(bit >> 3) << 8) | (bytes.charCodeAt((bit >> 3) + 1) || 0)
    text += BASE64[(pair >> (10 - (bit & 7))) & 63]
  }
  return text
}
