import { MIN_SECRET_CHARS } from '../limits.ts'

/** An encoded piece that is shorter is found by chance, as a value is. */
export const SHORTEST_ENCODED = MIN_SECRET_CHARS
/** From here on a value turned round, or in lower case, is nobody else's text. */
const SHORTEST_CHANGED = 8

/**
 * How a value may stand in a text: as it is, as JSON and as Python write it, URL-encoded (RFC 3986,
 * 2.1, and as forms do it), in hexadecimal, in base64 and base64url at each of the three offsets that
 * it can have inside something longer (RFC 4648, 4 and 5), in lower case, backwards.
 */
export function spellings(value: string): string[] {
  if (value.length < SHORTEST_ENCODED) return [value]
  const bytes = utf8(value)
  const json = JSON.stringify(value).slice(1, -1)
  const hex = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  const pieces = [
    json,
    json.replaceAll('\\"', '"'),
    json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ...urlEncoded(value.toWellFormed()),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
    ...(value.length < SHORTEST_CHANGED
      ? []
      : [value.toLowerCase(), Array.from(value).toReversed().join('')]),
  ].filter((piece) => piece.length >= SHORTEST_ENCODED)
  return [...new Set([value, ...pieces])]
}

/** UTF-8 as a string with one character for each byte. */
export function utf8(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Encoders agree on neither what is left alone, nor on spaces, nor on case. */
function urlEncoded(value: string): string[] {
  const escape = (character: string) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
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
