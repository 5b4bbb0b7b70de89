import { expect, test } from 'vitest'
import { warningsAbout } from './warnings.ts'

const plain = { type: 'object' }
/** A schema of exactly so many bytes. */
function schemaOf(bytes: number) {
  const around = JSON.stringify({ description: '' }).length
  return { description: 'x'.repeat(bytes - around) }
}

test('a schema that every client shows is nothing to warn of', () => {
  const version = { inputSchema: schemaOf(16_384), outputSchema: null }
  expect(warningsAbout(version)).toEqual([])
})

test('the author hears of a schema that some clients drop, and how large it is', () => {
  const inputSchema = schemaOf(16_385)
  expect(warningsAbout({ inputSchema, outputSchema: plain })).toEqual([
    expect.stringContaining('The input schema has 16385 bytes.'),
  ])
  expect(warningsAbout({ inputSchema: plain, outputSchema: inputSchema })).toEqual([
    expect.stringContaining('The output schema'),
  ])
})

test('what counts is bytes, not characters', () => {
  const outputSchema = { description: 'ü'.repeat(10_000) }
  expect(warningsAbout({ inputSchema: plain, outputSchema })).toHaveLength(1)
})
