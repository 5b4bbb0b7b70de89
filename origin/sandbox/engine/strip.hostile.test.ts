import { describe, expect, test } from 'vitest'
import { stripTypes } from './strip.ts'

test('types become blanks, so that every line and column stays', async () => {
  expect(await stripTypes('const a: number = 1')).toEqual({ code: 'const a         = 1' })
})

test('what has no JavaScript of its own is refused, with its line', async () => {
  expect(await stripTypes('\nenum A { B }')).toEqual({
    line: 2,
    message: 'TypeScript enum is not supported in strip-only mode',
  })
  expect(await stripTypes('\n\nlet y = ((')).toMatchObject({ line: 3 })
})

describe('a text that breaks the parser breaks it for itself only', () => {
  const nested = {
    parentheses: '('.repeat(99_000),
    brackets: '['.repeat(99_000),
    generics: `let a: ${'A<'.repeat(40_000)}`,
    'object types': `let a: ${'{a:'.repeat(30_000)}`,
    signs: `x = ${'- '.repeat(49_000)}1`,
  }
  test.each(Object.entries(nested))('%s', async (_, text) => {
    const [broken, whole] = await Promise.all([stripTypes(text), stripTypes(`${text.length}`)])
    expect(broken).not.toHaveProperty('code')
    expect(whole).toEqual({ code: `${text.length}` })
  })
})
