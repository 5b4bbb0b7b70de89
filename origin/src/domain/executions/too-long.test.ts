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
