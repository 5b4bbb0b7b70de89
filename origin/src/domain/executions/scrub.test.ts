import { expect, test } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { named } from '../../testing/secrets.ts'
import { scrubber } from './scrub.ts'

const SECRET = 'p/q "é\n+=?&'
const bytes = Buffer.from(SECRET)

function printed(text: string, ...secrets: string[]): string {
  const outcome = scrubber(named(...secrets)).outcome(ok(null, text))
  if (outcome.kind !== 'ok') throw new Error('another outcome')
  return outcome.stdout.text
}

test.each([
  ['as it is', SECRET],
  ['in base64', bytes.toString('base64')],
  ['in base64 without padding', bytes.toString('base64').replaceAll('=', '')],
  ['in base64url', bytes.toString('base64url')],
  ['in hex', bytes.toString('hex')],
  ['as a URL has it', encodeURIComponent(SECRET)],
  ['as JSON has it', JSON.stringify(SECRET).slice(1, -1)],
])('a secret is taken out %s', (_how, spelled) => {
  expect(printed(`<${spelled}>`, SECRET)).toMatch(/^<\[secret S0\]=*>$/)
})

test('a secret is taken out wherever it stands, also from keys of the tool’s own value', () => {
  const value = { a: ['x-hunter2-y', 7, null, true], hunter2: { b: 'hunter2' } }
  expect(scrubber(named('hunter2')).outcome(ok(value))).toEqual(
    ok({ a: ['x-[secret S0]-y', 7, null, true], '[secret S0]': { b: '[secret S0]' } }),
  )
})

test('a secret is taken out of failures, messages and news', () => {
  const scrub = scrubber(named('hunter2'))
  const failure = { type: 'hunter2', message: 'of hunter2', traceback: 'at hunter2' }
  expect(scrub.outcome({ kind: 'failed', failure, ...measured('hunter2') })).toMatchObject({
    failure: { type: '[secret S0]', message: 'of [secret S0]', traceback: 'at [secret S0]' },
    stdout: { text: '[secret S0]' },
  })
  expect(scrub.outcome({ kind: 'refused', message: 'hunter2' })).toEqual({
    kind: 'refused',
    message: '[secret S0]',
  })
  expect(
    scrub.outcome({ kind: 'killed', reason: 'crashed', message: 'hunter2', ...measured() }),
  ).toMatchObject({ message: '[secret S0]' })
  expect(scrub.outcome({ kind: 'timed_out', ...measured('hunter2') })).toMatchObject({
    stdout: { text: '[secret S0]' },
  })
  const egress = [
    {
      method: 'GET',
      host: 'hunter2.example',
      port: 443,
      path: '/a/hunter2',
      status: 200,
      bytes_out: 0,
      bytes_in: 0,
      duration_ms: 1,
      refused: null,
    },
  ]
  expect(scrub.outcome({ ...ok(null), egress } as Outcome)).toMatchObject({
    egress: [{ host: '[secret S0].example', path: '/a/[secret S0]', status: 200 }],
  })
  expect(scrub.news({ type: 'log', seq: 1, level: 'info', data: ['hunter2'] })).toMatchObject({
    data: ['[secret S0]'],
  })
  expect(scrub.news({ type: 'progress', seq: 1, progress: 1, message: 'hunter2' })).toMatchObject({
    message: '[secret S0]',
  })
})

test('a value of one to three characters is taken out where it is a word, and damages no other', () => {
  const scrub = scrubber(named('a', '.*', '7'))
  expect(scrub.outcome(ok('a banana, {a} and x.*y .* 77 or 7.'))).toMatchObject({
    value: '[secret S0] banana, {[secret S0]} and x.*y [secret S1] 77 or [secret S2].',
  })
})

test('a value of four characters or more is taken out of the middle of words', () => {
  expect(printed('x4711y', '4711')).toBe('x[secret S0]y')
})

test('secrets never damage what we say', () => {
  const outcomes: Outcome[] = [
    { kind: 'timed_out', ...measured() },
    { kind: 'killed', reason: 'cancelled', message: '', ...measured() },
  ]
  const scrub = scrubber(named('a', 'ok', 'kind', 'killed', 'seccomp', '[', '7', 'timed_out'))
  expect(outcomes.map((outcome) => scrub.outcome(outcome))).toEqual(outcomes)
  const progress = { type: 'progress', seq: 7, progress: 7 } as const
  expect(scrub.news(progress)).toEqual(progress)
})

test('a mark that was put in is not looked at again', () => {
  expect(printed('of hunter2', 'hunter2', 'secret')).toBe('of [secret S0]')
})

test('of secrets that begin alike the longer one is taken out whole', () => {
  expect(printed('key-123-extended', 'key-123', 'key-123-extended')).toBe('[secret S1]')
})

test('without secrets, or with an empty one, everything stays', () => {
  expect(printed('anything [secret]')).toBe('anything [secret]')
  expect(printed('anything', '')).toBe('anything')
})

test('a number that is a secret is taken out, and a like one stays', () => {
  const value = { pins: [4711, 47110, 4711.5], count: 12 }
  expect(scrubber(named('4711', '12')).outcome(ok(value))).toMatchObject({
    value: { pins: ['[secret S0]', 47110, 4711.5], count: 12 },
  })
})

test.each([
  ['letters of a list', Array.from('hunter2-4711'), ['[secret S0]', ...Array(11).fill('')]],
  ['pieces of a list', ['a hunt', 'er2-47', '11 b'], ['a [secret S0]', '', ' b']],
  ['pieces in objects', [{ p: 'hunter2' }, { p: '4711' }], [{ p: '[secret S0]' }, { p: '' }]],
  ['keys', { hunter2: 1, '-4711': 2 }, { '[secret S0]': 1, '': 2 }],
])('a secret is taken out when it is split over %s', (_what, value, cleaned) => {
  expect(scrubber(named('hunter2-4711')).outcome(ok(value))).toMatchObject({ value: cleaned })
})

test.each(['\n', ' ', ', ', "', '", '\\n', '|', ':', '\u200b', '\r\n\t'])(
  'a secret that is printed a letter at a time, with %j between, is taken out',
  (between) => {
    expect(printed(`<${Array.from('hunter2-4711').join(between)}>`, 'hunter2-4711')).toBe(
      '<[secret S0]>',
    )
    expect(printed(`is ${Array.from('4711').join(between)}.`, '4711')).toBe('is [secret S0].')
  },
)

test('a short value is taken out split only where words begin and end', () => {
  expect(printed('14 7 11 and 4 7 1 12', '4711')).toBe('14 7 11 and 4 7 1 12')
})

test('the beginning of a secret is taken out where the output was cut', () => {
  const cut = { text: 'and hunter', bytes: 99, truncated: true }
  const outcome = scrubber(named('hunter2-4711')).outcome({
    kind: 'timed_out',
    ...measured(),
    stdout: cut,
  })
  expect(outcome).toMatchObject({ stdout: { text: 'and [secret S0]' } })
})

test('a secret that is split over news stays no longer than its first letters', () => {
  const scrub = scrubber(named('hunter2-4711'))
  const said = Array.from('hunter2-4711!').map((letter, seq) => {
    const news = scrub.news(
      seq % 2 === 0
        ? { type: 'log', seq, level: 'info', data: [letter] }
        : { type: 'progress', seq, progress: 1, message: letter },
    )
    if (news.type === 'asks') throw new Error('nothing was asked')
    return news.type === 'log' ? (news.data as string[])[0] : news.message
  })
  expect(said.slice(0, 4)).toEqual(['h', 'u', 'n', '[secret S0]'])
  expect(said.slice(4).join('').replaceAll('[secret S0]', '')).toBe('-!')
})

test('news in halves are cleaned of both', () => {
  const scrub = scrubber(named('hunter2-4711'))
  const log = (data: string, seq: number) => scrub.news({ type: 'log', seq, level: 'info', data })
  expect(log('first hunter2-4', 1)).toMatchObject({ data: 'first [secret S0]' })
  expect(log('711 was the last', 2)).toMatchObject({ data: '[secret S0] was the last' })
})
