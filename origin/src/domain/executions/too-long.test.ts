import { expect, test } from 'vitest'
import { MAX_RESULT_CHARS } from '#contract/limits.ts'
import { ok } from '../../testing/scripted-sandbox.ts'
import { toolResult } from './tool-result.ts'

const execution = { id: 'e', hash: 'h' }

test('a result at the limit goes out whole', () => {
  const value = 'x'.repeat(MAX_RESULT_CHARS)
  expect(toolResult(ok(value), execution)).toMatchObject({ content: [{ text: value }] })
})

test('a longer one is an error that says how long it is, with its beginning', () => {
  const told = toolResult(ok('x'.repeat(MAX_RESULT_CHARS + 1)), execution)
  expect(told.isError).toBe(true)
  expect(told.structuredContent).toBeUndefined()
  expect(JSON.stringify(told).length).toBeLessThan(MAX_RESULT_CHARS)
  expect(told.content[0]).toMatchObject({
    text: expect.stringContaining(`gave ${MAX_RESULT_CHARS + 1} characters`),
  })
})

test('of content the text counts, and not the images', () => {
  const image = { type: 'image' as const, data: 'A'.repeat(1_000_000), mimeType: 'image/png' }
  const told = (length: number) => {
    const resource = { uri: 'file:///a', mimeType: 'text/plain', text: 'x'.repeat(length) }
    return toolResult(ok(null, '', [image, { type: 'resource', resource }]), execution)
  }
  expect(told(MAX_RESULT_CHARS - 100).content[0]).toEqual(image)
  expect(told(MAX_RESULT_CHARS)).toMatchObject({ isError: true, content: [{ type: 'text' }] })
})
