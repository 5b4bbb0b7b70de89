import { expect, it } from 'vitest'
import { clean, cleanStream, cleanText, messageCleaner } from './clean.ts'
import { type Needles, needlesFor } from './needles.ts'
import { Scan } from './scan.ts'

/** Numbers that a seed decides (mulberry32). */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_/+=.!$é'
const BETWEEN = [
  ' ',
  '\n',
  ', ',
  '","',
  "', '",
  ' | ',
  '-',
  '\\n',
  '\t\t',
  ' … ',
  '}, {"',
  '\u200b',
]
const SPELL: ((value: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify(value).slice(1, -1),
  (value) => encodeURIComponent(value),
  (value) => encodeURIComponent(value).replace(/%../g, (escaped) => escaped.toLowerCase()),
  (value) => Buffer.from(value).toString('hex'),
  (value) => Buffer.from(value).toString('base64'),
  (value) => Buffer.from(value).toString('base64url'),
  (value) => value.split('').toReversed().join(''),
]

function withoutMarks(text: string): string {
  return text.replaceAll('[secret KEY]', '')
}

const SEEDS = [1, 2, 3, 4, Math.floor(Math.random() * 2 ** 31)]

it.each(SEEDS)(
  'however a secret is spelled and split, it does not get through (seed %i)',
  (seed) => {
    const roll = dice(seed)
    const one = <T>(of: readonly T[]): T => of[roll(of.length)]!
    const leaks: object[] = []
    for (let round = 0; round < 300; round++) {
      const value = Array.from({ length: 10 + roll(100) }, () => one(Array.from(LETTERS))).join('')
      const needles = needlesFor([['KEY', value]], 'text')
      const spelled = one(SPELL)(value)
      const between = one(BETWEEN)
      const most = 1 + roll(9)
      const pieces: string[] = []
      for (let at = 0, size = 0; at < spelled.length; at += size) {
        size = 1 + roll(most)
        pieces.push(spelled.slice(at, at + size))
      }
      const split = pieces.join(between)
      const whole = cleanText(needles, `«before» ${split} «after»`)
      const listed = clean(needles, pieces)
      const around = withoutMarks(whole).replaceAll('\\n', '')
      if (
        !/^«before» [^\p{L}\p{N}]*«after»$/u.test(around) ||
        /[\p{L}\p{N}]/u.test(withoutMarks(listed.join('')))
      )
        leaks.push({ round, value, split, whole, listed })
    }
    expect(leaks).toEqual([])
  },
)

const steps = ({ exact, split }: Needles) => exact.automaton.steps + split.automaton.steps

it.each([
  ['a text of one letter, and values of it', 'a', (at: number) => `${'a'.repeat(8 + at)}b`],
  ['a text of beginnings', 'sk-proj-', (at: number) => `sk-proj-${at}-${'x'.repeat(at)}`],
  ['values that share their ends', 'ab', (at: number) => `${'ab'.repeat(20)}${at}`],
  ['values of nine thousand characters', 'abc', (at: number) => 'abc'.repeat(3000) + at],
])('the work is in proportion to the text: %s', (_, unit, value) => {
  const secrets = Array.from({ length: 20 }, (_none, at) => [`K${at}`, value(at)] as const)
  const needles = needlesFor(secrets, 'text')
  const text = unit.repeat(Math.ceil(100_000 / unit.length))
  cleanText(needles, text)
  expect(steps(needles)).toBeLessThanOrEqual(4 * (text.length + 1))
})

it('the work for a stream is the same in chunks of one byte', async () => {
  const needles = needlesFor([['KEY', 'hunter2-4711']], 'bytes')
  const text = `h u n ${' '.repeat(30_000)} t e r 2 4 7 1 x `
  async function* chunks() {
    yield* text
  }
  let cleaned = ''
  for await (const chunk of cleanStream(needles, chunks())) cleaned += chunk
  expect(cleaned === text).toBe(true)
  expect(steps(needles)).toBeLessThanOrEqual(4 * text.length)
})

it('what a stream keeps back has a bound, however wide a secret is split', () => {
  const scan = new Scan(needlesFor([['KEY', 'hunter2-4711']], 'bytes'))
  scan.read('hunter')
  for (let kilobyte = 0; kilobyte < 200; kilobyte++) {
    scan.read(' '.repeat(1024))
    expect(scan.position - scan.settled()).toBeLessThanOrEqual(65_536)
  }
})

it('a text full of secrets has a mark for each, and no more', () => {
  const needles = needlesFor([['KEY', 'hunter2-4711']], 'text')
  expect(cleanText(needles, 'hunter2-4711'.repeat(10_000))).toBe('[secret KEY]')
  const letters = clean(needles, Array.from('hunter2-4711'.repeat(1_000))).join('')
  expect(letters === '[secret KEY]'.repeat(1_000)).toBe(true)
})

it('a thousand messages of one letter show no more than the first three of any secret', () => {
  const next = messageCleaner(needlesFor([['KEY', 'hunter2-4711']], 'text'))
  const shown = Array.from('hunter2-4711'.repeat(80)).map((letter) => next([letter])[0])
  const longest = Math.max(
    ...shown
      .join('')
      .split('[secret KEY]')
      .map((part) => part.length),
  )
  expect(longest).toBeLessThanOrEqual(4)
})
