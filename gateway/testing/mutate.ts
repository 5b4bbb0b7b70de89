import type { Random } from './random.ts'

/** Values that parsers trip over. */
const ODD = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  '\0',
  '\ud800',
  '__proto__',
  '../../etc/passwd',
  'x'.repeat(3_000),
  [],
  [[[]]],
  {},
  { __proto__: null, constructor: { prototype: {} } },
  { jsonrpc: '2.0', id: 1, method: 'ping' },
] as const

/** A copy of a JSON value in which a few places are odd, missing, doubled or swapped. */
export function mutated(value: unknown, random: Random): unknown {
  let seen = value
  for (let changes = 1 + random.below(3); changes > 0; changes--) seen = changed(seen, random)
  return seen
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.below(4) === 0)
    return odd(value, random)
  if (Array.isArray(value))
    return value.map((item) => (random.below(2) ? changed(item, random) : item))
  const entries = Object.entries(value)
  const at = random.below(entries.length + 1)
  const [name, inner] = entries[at] ?? ['more', null]
  switch (random.below(4)) {
    case 0:
      entries.splice(at, 1)
      break
    case 1:
      entries.push([`${name}${random.pick(['', ' ', '\0', '2'])}`, odd(inner, random)])
      break
    default:
      entries.splice(at, 1, [name, changed(inner, random)])
  }
  return Object.fromEntries(entries)
}

function odd(value: unknown, random: Random): unknown {
  return random.below(8) === 0 ? [value, value] : ODD[random.below(ODD.length)]
}

/** The text with some bytes of it cut, flipped, repeated or made up. */
export function garbled(text: string, random: Random): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text)
  const at = random.below(bytes.length + 1)
  switch (random.below(4)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return joined(bytes.slice(0, at), random.bytes(1 + random.below(8)), bytes.slice(at))
    case 2:
      return joined(bytes, bytes.slice(at))
    default:
      return bytes.map((byte, n) => (n === at ? byte ^ (1 << random.below(8)) : byte))
  }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
