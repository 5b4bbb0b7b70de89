import { expect, test } from 'vitest'
import { argumentsInShort } from './arguments-in-short.ts'

test('arguments are told in one line, with their types', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', default: 3 },
      unit: { enum: ['c', 'f'] },
      tags: { type: 'array', items: { type: 'string' } },
      at: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      more: { type: ['string', 'null'] },
      any: {},
    },
    required: ['city'],
  }
  expect(argumentsInShort(inputSchema)).toBe(
    'city: string, days?: integer, unit?: "c" | "f", tags?: string[], at?: number | null, more?: string | null, any?: any',
  )
})

test.each([[{}], [{ type: 'object' }], [{ properties: 1 }], [{ properties: {}, required: 'x' }]])(
  'no arguments are an empty line: %j',
  (schema) => {
    expect(argumentsInShort(schema)).toBe('')
  },
)

test('a long line is cut', () => {
  const properties = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`argument${n}`, {}]))
  expect(argumentsInShort({ properties })).toHaveLength(301)
})
