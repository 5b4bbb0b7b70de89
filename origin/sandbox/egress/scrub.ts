import type { BoundSecret } from '#contract/egress.ts'

type Needle = { bytes: Buffer; mark: Buffer }

/** Takes secret values out of what a tool gets to see. */
export type Scrubber = {
  text(text: string): string
  /** A header's value, as Node reads it: a character for each byte. */
  header(value: string): string
  /** The same for a stream: a value torn between two chunks is found as well. */
  stream(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void>
}

/** Encoded pieces shorter than this are found by chance too often. */
const SHORTEST_PIECE = 4

/**
 * Knows each value plain, URL-encoded, as a JSON string, in hexadecimal, and in base64 and base64url
 * at each of the three offsets it can have inside a longer text (RFC 4648, 4).
 */
export function scrubber(secrets: readonly BoundSecret[]): Scrubber {
  const needles = secrets
    .flatMap(({ name, value }) => spellings(value).map((text) => needle(text, name)))
    .sort((one, other) => other.bytes.length - one.bytes.length)
  const longest = needles[0]?.bytes.length ?? 0

  return {
    text: (text) => clean(Buffer.from(text), needles, 0).cleaned.toString('utf8'),
    header: (value) => clean(Buffer.from(value, 'latin1'), needles, 0).cleaned.toString('latin1'),
    async *stream(chunks) {
      let held: Buffer = Buffer.alloc(0)
      for await (const chunk of chunks) {
        const { cleaned, rest } = clean(Buffer.concat([held, chunk]), needles, longest - 1)
        held = rest
        if (cleaned.length > 0) yield cleaned
      }
      const { cleaned } = clean(held, needles, 0)
      if (cleaned.length > 0) yield cleaned
    },
  }
}

/**
 * Replaces every needle that is whole, the longest first, and keeps back the last `keep` bytes, in
 * which one may have begun.
 */
function clean(bytes: Buffer, needles: readonly Needle[], keep: number) {
  const parts: Buffer[] = []
  const next = needles.map(({ bytes: wanted }) => bytes.indexOf(wanted))
  let at = 0
  for (;;) {
    let first = -1
    for (const [index, found] of next.entries()) {
      let place = found
      if (place >= 0 && place < at) place = bytes.indexOf(needles[index]?.bytes ?? '', at)
      next[index] = place
      if (place >= 0 && (first < 0 || place < (next[first] ?? 0))) first = index
    }
    const hit = needles[first]
    if (hit === undefined) break
    const place = next[first] ?? 0
    parts.push(bytes.subarray(at, place), hit.mark)
    at = place + hit.bytes.length
  }
  const end = Math.max(at, bytes.length - Math.max(keep, 0))
  parts.push(bytes.subarray(at, end))
  return { cleaned: Buffer.concat(parts), rest: bytes.subarray(end) }
}

function needle(text: string, name: string): Needle {
  return { bytes: Buffer.from(text), mark: Buffer.from(`[secret ${name}]`) }
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  const uri = encodeURIComponent(value)
  const pieces = [
    uri,
    uri.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    uri.replaceAll('%20', '+'),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ].filter((piece) => piece.length >= SHORTEST_PIECE)
  return [...new Set([value, ...pieces])]
}

/** The characters of base64 that depend on the value alone, when `offset` bytes stand before it. */
function base64At(value: Buffer, offset: number): string[] {
  const coded = Buffer.concat([Buffer.alloc(offset), value])
    .toString('base64')
    .replace(/=+$/, '')
  const from = Math.ceil((offset * 8) / 6)
  const to = Math.floor(((offset + value.length) * 8) / 6)
  const stable = coded.slice(from, to)
  return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')]
}
