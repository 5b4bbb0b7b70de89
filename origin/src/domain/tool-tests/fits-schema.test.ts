import { expect, test } from 'vitest'
import type { Json, JsonObject } from '#contract/json.ts'
import { misfit, unreadableIn } from './fits-schema.ts'

const POINT: JsonObject = {
  type: 'object',
  properties: {
    x: { type: 'integer', minimum: 0 },
    tags: { items: { type: 'string', maxLength: 3 } },
  },
  required: ['x'],
  additionalProperties: false,
}

test.each<[Json, JsonObject]>([
  [{ x: 1, tags: ['a'] }, POINT],
  [null, { type: ['null', 'string'] }],
  [7, { enum: [7.0, 'x'] }],
  [{ a: 1 }, { const: { a: 1 } }],
  ['ab', { anyOf: [{ type: 'number' }, { minLength: 2 }] }],
  [[1, 2], { minItems: 2, maxItems: 2 }],
  [{ __proto__x: 1 }, { additionalProperties: true }],
])('%j fits %j', (value, schema) => {
  expect(unreadableIn(schema)).toBeNull()
  expect(misfit(value, schema)).toBeNull()
})

test.each<[Json, JsonObject, string]>([
  [{}, POINT, 'the result has no "x"'],
  [{ x: -1 }, POINT, 'the result.x is too small'],
  [{ x: 1.5 }, POINT, 'the result.x is no integer'],
  [{ x: 1, y: 1 }, POINT, 'the result.y is not to be there'],
  [{ x: 1, tags: ['a', 'long'] }, POINT, 'the result.tags[1] is too long'],
  [[], { type: 'object' }, 'the result is no object'],
  [null, { type: 'object' }, 'the result is no object'],
  [1, { type: 'string' }, 'the result is no string'],
  ['b', { enum: ['a'] }, 'the result is none of the values it may be'],
  ['b', { const: 'a' }, 'the result is another value'],
  [
    true,
    { anyOf: [{ type: 'number' }, { type: 'string' }] },
    'the result is none of what it may be',
  ],
  [1, { exclusiveMinimum: 1 }, 'the result is too small'],
])('%j does not fit %j: %s', (value, schema, why) => {
  expect(misfit(value, schema)).toBe(why)
})

test('properties that every object has are required like any other', () => {
  expect(misfit({}, { required: ['constructor'] })).toBe('the result has no "constructor"')
  expect(misfit({}, { properties: { toString: { type: 'string' } } })).toBeNull()
})
