import { describe, expect, test } from 'vitest'
import { strip } from './strip.ts'
import { stripTypes } from './type-stripper.ts'

/** A short text that its parser reads in two ways at each level. */
const EXPONENTIAL = '<a>('.repeat(40) + 'b' + ')'.repeat(40)
const patient = () => new AbortController().signal

test('types become blanks, so that every line and column stays', async () => {
  expect(await stripTypes('const a: number = 1', 'draft', patient())).toEqual({
    code: 'const a         = 1',
  })
})

test('what has no JavaScript of its own is refused, with its line', async () => {
  expect(await stripTypes('\nenum A { B }', 'draft', patient())).toEqual({
    line: 2,
    message: 'TypeScript enum is not supported in strip-only mode',
  })
  expect(await stripTypes('\n\nlet y = ((', 'draft', patient())).toMatchObject({ line: 3 })
})

describe('a text that breaks the parser breaks it for itself only', () => {
  const nested = {
    parentheses: '('.repeat(99_000),
    brackets: '['.repeat(99_000),
    generics: `let a: ${'A<'.repeat(40_000)}`,
    'object types': `let a: ${'{a:'.repeat(30_000)}`,
    signs: `x = ${'- '.repeat(49_000)}1`,
    'a hundred characters that take years': EXPONENTIAL,
  }
  test.each(Object.entries(nested))('%s', async (_, text) => {
    const [broken, whole] = await Promise.all([
      stripTypes(text, 'draft', patient()),
      stripTypes(`${text.length}`, 'call', patient()),
    ])
    expect(broken).not.toHaveProperty('code')
    expect(whole).toEqual({ code: `${text.length}` })
  })
})

test('a thread that works on such a text ends with the wish for it', async () => {
  const stop = new AbortController()
  const stripped = strip([EXPONENTIAL], { limitMs: 300_000, signal: stop.signal })
  stop.abort()
  await expect(stripped).rejects.toBe(stop.signal.reason)
})
