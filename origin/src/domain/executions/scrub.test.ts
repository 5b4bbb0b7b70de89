import { expect, test } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { scrubber } from './scrub.ts'

const SECRET = 'p/q "é\n+=?&'
const bytes = Buffer.from(SECRET)

function printed(text: string, ...secrets: string[]): string {
  const outcome = scrubber(secrets).outcome(ok(null, text))
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
  expect(printed(`<${spelled}>`, SECRET)).toMatch(/^<\[secret\]=*>$/)
})

test('a secret is taken out wherever it stands, also from keys of the tool’s own value', () => {
  const value = { a: ['x-hunter2-y', 7, null, true], hunter2: { b: 'hunter2' } }
  expect(scrubber(['hunter2']).outcome(ok(value))).toEqual(
    ok({ a: ['x-[secret]-y', 7, null, true], '[secret]': { b: '[secret]' } }),
  )
})

test('a secret is taken out of failures, messages and news', () => {
  const scrub = scrubber(['hunter2'])
  const failure = { type: 'hunter2', message: 'of hunter2', traceback: 'at hunter2' }
  expect(scrub.outcome({ kind: 'failed', failure, ...measured('hunter2') })).toMatchObject({
    failure: { type: '[secret]', message: 'of [secret]', traceback: 'at [secret]' },
    stdout: { text: '[secret]' },
  })
  expect(scrub.outcome({ kind: 'refused', message: 'hunter2' })).toEqual({
    kind: 'refused',
    message: '[secret]',
  })
  expect(
    scrub.outcome({ kind: 'killed', reason: 'crashed', message: 'hunter2', ...measured() }),
  ).toMatchObject({ message: '[secret]' })
  expect(scrub.outcome({ kind: 'timed_out', ...measured('hunter2') })).toMatchObject({
    stdout: { text: '[secret]' },
  })
  expect(scrub.news({ type: 'log', seq: 1, level: 'info', data: ['hunter2'] })).toMatchObject({
    data: ['[secret]'],
  })
  expect(scrub.news({ type: 'progress', seq: 1, progress: 1, message: 'hunter2' })).toMatchObject({
    message: '[secret]',
  })
})

test('short secrets are taken out of what the tool says, and never damage what we say', () => {
  const outcomes: Outcome[] = [
    ok({ a: 1 }),
    { kind: 'timed_out', ...measured() },
    { kind: 'killed', reason: 'cancelled', message: '', ...measured() },
  ]
  const scrub = scrubber(['a', 'e', 's', 'ok', 'kind', 'killed', 'seccomp', '[', '7'])
  expect(scrub.outcome(ok('banana'))).toMatchObject({ value: 'b[secret]n[secret]n[secret]' })
  expect(outcomes.map((outcome) => scrub.outcome(outcome))).toEqual([
    ok({ '[secret]': 1 }),
    outcomes[1],
    outcomes[2],
  ])
  expect(scrub.news({ type: 'progress', seq: 7, progress: 7 })).toEqual({
    type: 'progress',
    seq: 7,
    progress: 7,
  })
})

test('of secrets that begin alike the longer one is taken out whole', () => {
  expect(printed('key-123-extended', 'key-123', 'key-123-extended')).toBe('[secret]')
})

test('characters with a meaning in patterns are taken for what they are', () => {
  for (const odd of ['.*', '(', '[a-z]', '$&', '^', '\\', 'a|b', '-', '/'])
    expect(printed(`say ${odd} and x`, odd)).toBe('say [secret] and x')
})

test('without secrets, or with an empty one, everything stays', () => {
  expect(printed('anything [secret]')).toBe('anything [secret]')
  expect(printed('anything', '')).toBe('anything')
})
