import { expect, test } from 'vitest'
import { OpId } from './operation.ts'
import { handleOf, readHandle } from './waiting.ts'

const opId = OpId.parse('6f2c1c1e-7a53-4a86-9a3c-0c8de2a2f0b1')

test.each([0, 1, 4711])('a handle says which operation, and that event %i was seen', (seq) => {
  expect(readHandle(handleOf({ opId, seq }))).toEqual({ opId, seq })
})

test('the bare id of an operation is a handle', () => {
  expect(handleOf({ opId, seq: 0 })).toBe(opId)
})

test.each([
  undefined,
  7,
  '',
  'mine',
  `${opId}.`,
  `${opId}.-1`,
  `${opId}.1.1`,
  `${opId}.1234567890`,
  opId.toUpperCase(),
])('%j is none', (handle) => {
  expect(readHandle(handle)).toBeNull()
})
