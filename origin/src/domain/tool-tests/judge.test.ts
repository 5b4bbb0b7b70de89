import { expect, test } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { ToolTest } from '#contract/tool-tests.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { judge } from './judge.ts'

const expecting = (what: Partial<ToolTest>) => ToolTest.parse({ name: 'one', ...what })
const failed = (message: string): Outcome => ({
  kind: 'failed',
  failure: { type: 'ToolError', message, traceback: '' },
  ...measured(),
})
const late: Outcome = { kind: 'timed_out', ...measured() }

test.each<[string, Partial<ToolTest>, Outcome]>([
  [
    'an equal result, whatever the order of its keys',
    { result: { a: 1, b: [2] } },
    ok({ b: [2], a: 1 }),
  ],
  ['null', { result: null }, ok(null)],
  ['a result that fits', { schema: { type: 'object', required: ['a'] } }, ok({ a: 1 })],
  ['an expected error', { error: 'no city' }, failed('there is no city Basel')],
])('%s passes', (_what, test_, outcome) => {
  expect(judge(expecting(test_), outcome)).toBeNull()
})

test.each<[Partial<ToolTest>, Outcome, string]>([
  [{ result: 1 }, ok(2), 'It gave 2 instead of 1.'],
  [{ result: 1 }, ok('1'), 'It gave "1" instead of 1.'],
  [{ schema: { type: 'string' } }, ok(1), 'It gave 1, but the result is no string.'],
  [{ result: 1 }, failed('no city'), 'It did not give a result: no city'],
  [
    { result: 1 },
    late,
    'It did not give a result: The tool ran out of time after 7 ms and was stopped.',
  ],
  [{ error: 'no city' }, ok(1), 'It was to fail with "no city", and gave 1.'],
  [{ error: 'no city' }, failed('other'), 'It was to fail with "no city", and ended with "other".'],
  [
    { error: 'time' },
    late,
    'It was to fail with "time", and ended with "The tool ran out of time after 7 ms and was stopped.".',
  ],
  [
    { result: 1 },
    { kind: 'refused', message: 'no packages here' },
    'It did not give a result: no packages here',
  ],
])('%j of %j fails in a sentence', (test_, outcome, why) => {
  expect(judge(expecting(test_), outcome)).toBe(why)
})

test('a request without a record fails a test, whatever the tool made of it', () => {
  const record = { method: 'GET', host: 'api.example', port: 443, path: '/now', status: null }
  const sizes = { bytes_out: 0, bytes_in: 0, duration_ms: 0, refused: 'not_recorded' as const }
  const outcome = { ...ok(1), egress: [{ ...record, ...sizes }] } as Outcome
  expect(judge(expecting({ result: 1 }), outcome)).toBe(
    'It asked for GET api.example:443/now, and `http` has no answer recorded for that.',
  )
})
