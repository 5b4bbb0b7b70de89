import { expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { misfit, unreadableIn } from './fits-schema.ts'

test.each<[string, JsonObject]>([
  ['pattern', { type: 'string', pattern: '^(a+)+$' }],
  ['patternProperties', { patternProperties: { '(a+)+$': {} } }],
  ['$ref', { $ref: '#' }],
  ['not', { not: {} }],
])('what could run for ever, or lead elsewhere, is refused by name: %s', (keyword, schema) => {
  expect(unreadableIn(schema)).toContain(`cannot use \`${keyword}\``)
  expect(unreadableIn({ properties: { a: { anyOf: [{}, { items: schema }] } } })).toContain(keyword)
})

test('checking ends, whatever there is to check', () => {
  const choices = Array.from({ length: 1_000 }, (_, at) => ({ const: at }))
  const list = Array.from({ length: 100_000 }, () => 'x')
  expect(misfit(list, { items: { anyOf: choices } })).not.toBeNull()
  expect(misfit(list, { items: { anyOf: [...choices, {}] } })).toBe(
    'there is too much of it to be checked',
  )
})
