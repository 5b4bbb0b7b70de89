import { expect, test } from 'vitest'
import { z } from 'zod'
import { BrokenStream, readLines } from './ndjson.ts'

/** A stream of which these pieces come, and nothing more. */
function stalled(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
    },
  })
}

const NEVER_MS = 60_000

test('a stream that stalls inside its first line is broken before one that said something', async () => {
  const lines = readLines(stalled('{"a'), z.unknown(), { firstMs: 5, laterMs: NEVER_MS })
  await expect(lines.next()).rejects.toThrow(BrokenStream)
})

test('a stream that falls silent after a line is broken', async () => {
  const lines = readLines(stalled('1\n', '2'), z.number(), { firstMs: NEVER_MS, laterMs: 5 })
  expect((await lines.next()).value).toBe(1)
  await expect(lines.next()).rejects.toThrow(BrokenStream)
})
