import { expect, test } from 'vitest'
import { ToolTests } from './tool-tests.ts'

const one = { name: 'one', result: 1 }

test('a test expects exactly one thing', () => {
  expect(ToolTests.safeParse([one]).success).toBe(true)
  expect(ToolTests.safeParse([{ name: 'one', result: null }]).success).toBe(true)
  expect(ToolTests.safeParse([{ name: 'one' }]).success).toBe(false)
  expect(ToolTests.safeParse([{ ...one, error: 'x' }]).success).toBe(false)
})

test.each([
  ['21 tests', Array.from({ length: 21 }, (_, at) => ({ name: `${at}`, result: 1 }))],
  ['two of one name', [one, one]],
  ['200 kB and more', [{ ...one, input: { a: 'x'.repeat(200_000) } }]],
  ['a name of two lines', [{ ...one, name: 'passed\nFAILED' }]],
  ['a name that turns its line round', [{ ...one, name: 'a\u202eb' }]],
  ['what nobody knows', [{ ...one, network: true }]],
  [
    '31 answers',
    [{ ...one, http: Array.from({ length: 31 }, () => ({ url: 'https://a.example' })) }],
  ],
  ['an address that is none of the web', [{ ...one, http: [{ url: 'file:///etc/passwd' }] }]],
  [
    'a header with a line break',
    [{ ...one, http: [{ url: 'https://a.example', headers: { a: 'b\r\nc' } }] }],
  ],
  ['a status that no answer has', [{ ...one, http: [{ url: 'https://a.example', status: 99 }] }]],
  ['a secret that is too short to be taken out again', [{ ...one, secrets: { A: 'x' } }]],
])('%s: refused', (_what, tests) => {
  expect(ToolTests.safeParse(tests).success).toBe(false)
})
