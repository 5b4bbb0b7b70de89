import { expect, test } from 'vitest'
import type { ApprovalView } from '#contract/admin-api.ts'
import { visibleLine } from '#contract/visible-text.ts'
import { presentCheck, presentDiff, presentTests } from './present-evidence.ts'

/** What an author wrote into tests and code, as the person who decides reads it. */

const CASE = { name: 'a', input: {}, result: 1, secrets: {}, http: [] }
const report = (cases: { name: string; why: string | null }[]) => ({
  passed: cases.every(({ why }) => why === null),
  runtime: 'python 3.11.2',
  ran_at: '2026-01-01T00:00:00.000Z',
  cases: cases.map((one) => ({ ...one, passed: one.why === null, duration_ms: 1 })),
})
const tests = (given: ApprovalView['tests']) => presentTests({ tests: given })

test('what nobody knows is said first, and is never good news', () => {
  expect(presentCheck({ code_check: null })).toEqual(['UNKNOWN: the code was not read'])
  expect(tests({ cases: [], report: null })).toEqual(['none'])
  expect(tests({ cases: [CASE], report: null })).toEqual(['NOT RUN: 1, of its own author'])
})

test('a test that fails stands out from those that pass', () => {
  const went = report([
    { name: 'one', why: null },
    { name: 'two', why: 'It gave 1 instead of 2.' },
  ])
  expect(tests({ cases: [CASE, { ...CASE, name: 'b' }], report: went })).toEqual([
    '1 of 2 passed, under python 3.11.2, 2026-01-01T00:00:00.000Z',
    'passed: one',
    'FAILED: two: It gave 1 instead of 2.',
  ])
})

test('what is unseen comes before what is unused and what is lacking', () => {
  const code_check = { lacking: ['host b'], unused: ['host a'], unseen: ['Line 1 hides.'] }
  expect(presentCheck({ code_check })).toEqual([
    'not seen: Line 1 hides.',
    'allowed, but not seen in use: host a',
    'used, but not allowed: host b',
  ])
})

test('a result that would write a line of ours stays on its own', () => {
  const why = 'It gave "\n2 of 2 passed\u202e" instead of 1.'
  const lines = tests({ cases: [CASE], report: report([{ name: 'a', why }]) }).map(visibleLine)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('\\u{a}2 of 2 passed\\u{202e}')
})

test('fields of a version that hold line breaks stay on one line', () => {
  const field = { field: 'description', from: 'a', to: 'b\nmay        nothing' }
  const manifest = { added: [], removed: [] }
  const words: string[] = []
  const lines = presentDiff({ from: 1, to: 2, words, code: '', fields: [field], manifest })
  expect(lines.filter((line) => line.startsWith('may'))).toEqual([])
})
