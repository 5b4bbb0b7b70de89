import { expect, test } from 'vitest'
import { nestsDeeperThan } from './json-depth.ts'

test.each([
  ['"[[[[[["', false],
  [String.raw`"\"[[[[["`, false],
  [String.raw`"\\",[[[[[]]]]]`, true],
  ['[[[[[', true],
  ['{"a":{"b":{"c":{"d":{}}}}}', true],
  ['[[]],[[]],[[]],[[]]', false],
])('the depth of %s is told from its brackets', (json, deeper) => {
  expect(nestsDeeperThan(4, json)).toBe(deeper)
})

test('a million levels are told without recursion', () => {
  expect(nestsDeeperThan(128, '['.repeat(1_000_000))).toBe(true)
})
