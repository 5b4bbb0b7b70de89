import { expect, test } from 'vitest'
import { MAX_RESULT_CHARS } from '#contract/limits.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { toolResult } from './tool-result.ts'

const execution = { id: 'the-handle', hash: 'h', promisesStructure: false }

test('a result at the limit goes out whole', () => {
  const value = 'x'.repeat(MAX_RESULT_CHARS)
  const told = toolResult(ok(value), execution)
  expect(told).toMatchObject({ result: { content: [{ text: value }] } })
  expect(told).not.toHaveProperty('whole')
})

test('of a longer one the beginning goes out, with how to read the whole, which is kept', () => {
  const value = 'x'.repeat(MAX_RESULT_CHARS + 1)
  const { result, whole } = toolResult(ok(value), execution)
  expect(whole).toBe(value)
  expect(result).not.toHaveProperty('isError')
  expect(result).not.toHaveProperty('structuredContent')
  expect(JSON.stringify(result).length).toBeLessThan(MAX_RESULT_CHARS)
  expect(result.content[0]).toMatchObject({
    text: expect.stringContaining(
      `The first 10000 of ${MAX_RESULT_CHARS + 1} characters; a client takes 140000. Read on with mcpbox_read_result {"handle":"the-handle","offset":10000}`,
    ),
  })
})

test('where clients expect structured content it is an error, which may go without', () => {
  const long = ok({ rows: 'x'.repeat(MAX_RESULT_CHARS) })
  const { result } = toolResult(long, { ...execution, promisesStructure: true })
  expect(result.isError).toBe(true)
  expect(result).not.toHaveProperty('structuredContent')
})

test('a long failure stays one, and is kept too', () => {
  const failure = { type: 'E', message: '', traceback: 'x'.repeat(MAX_RESULT_CHARS + 1) }
  const { result, whole } = toolResult({ kind: 'failed', failure, ...measured() }, execution)
  expect(result.isError).toBe(true)
  expect(whole).toBe(failure.traceback)
})

test('characters of two halves are counted once, and not cut', () => {
  const { result } = toolResult(ok(`x${'😀'.repeat(MAX_RESULT_CHARS / 2)}`), execution)
  const text = String(result.content[0]?.['text'])
  expect(text.isWellFormed()).toBe(true)
  expect(text).toContain(`The first 10000 of ${MAX_RESULT_CHARS / 2 + 1} characters`)
})

test('of content the text counts, and not the images', () => {
  const image = { type: 'image' as const, data: 'A'.repeat(1_000_000), mimeType: 'image/png' }
  const told = (length: number) => {
    const resource = { uri: 'file:///a', mimeType: 'text/plain', text: 'x'.repeat(length) }
    return toolResult(ok(null, '', [image, { type: 'resource', resource }]), execution)
  }
  expect(told(MAX_RESULT_CHARS - 100).result.content[0]).toEqual(image)
  const { result, whole } = told(MAX_RESULT_CHARS)
  expect(result.content).toEqual([
    { type: 'text', text: expect.stringMatching(/Images and files are left out\.$/) },
  ])
  expect(whole).toMatch(/^\[image\/png, 750000 bytes\]\n\[file:\/\/\/a, text\/plain\]\nxxx/)
})
