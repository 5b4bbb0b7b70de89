import { expect, test } from 'vitest'
import type { Json } from '#contract/json.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { keptPromise } from './kept-promise.ts'

const PROMISED = { outputSchema: { type: 'object' } }
const CONTENT = [{ type: 'text' as const, text: 'a' }]

test('an object keeps the promise of an object, with content and without', () => {
  for (const outcome of [ok({}), ok({ a: 1 }, 'printed', CONTENT)])
    expect(keptPromise(outcome, PROMISED)).toBe(outcome)
})

test('nothing is promised without an output schema', () => {
  const outcome = ok(null, '', CONTENT)
  expect(keptPromise(outcome, { outputSchema: null })).toBe(outcome)
})

test.each<[string, Json, typeof CONTENT | undefined]>([
  ['content and no value', null, CONTENT],
  ['null', null, undefined],
  ['a list', [1], undefined],
  ['"text"', 'text', undefined],
  ['7', 7, CONTENT],
])('%s breaks it, in a sentence that says so', (gave, value, content) => {
  const outcome = keptPromise(ok(value, 'printed', content), PROMISED)
  expect(outcome).toEqual({
    kind: 'failed',
    failure: {
      type: 'BrokenPromise',
      message: expect.stringContaining(`promises an object, and it gave ${gave}.`) as string,
      traceback: '',
    },
    ...measured('printed'),
  })
})

test('what went wrong before stays as it is', () => {
  const outcome = { kind: 'timed_out' as const, ...measured() }
  expect(keptPromise(outcome, PROMISED)).toBe(outcome)
})
