import type { z } from 'zod'
import { within } from './within.ts'

/** A stream that ended, fell silent or said something unreadable before its last line. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream'
}

/** How long a reader waits, in milliseconds. */
export interface Silence {
  /** Before the first line. */
  firstMs: number
  /** Between two pieces, after that. */
  laterMs: number
}

/**
 * Reads a stream of JSON lines. Throws BrokenStream when nothing comes for too long: a half-open
 * connection looks like that. Leaving the iteration closes the stream.
 */
export async function* readLines<T>(
  body: ReadableStream<Uint8Array>,
  schema: z.ZodType<T>,
  { firstMs, laterMs }: Silence,
): AsyncGenerator<T> {
  const reader = body.getReader()
  // Not a TextDecoderStream, which costs more than all the rest of a short call's reading.
  const decoder = new TextDecoder()
  let begun: string[] = []
  let silenceMs = firstMs
  try {
    for (;;) {
      const { done, value } = await next(reader, silenceMs)
      if (done) break
      const [rest = '', ...following] = decoder.decode(value, { stream: true }).split('\n')
      begun.push(rest)
      for (const part of following) {
        yield parseLine(begun.join(''), schema)
        begun = [part]
        silenceMs = laterMs
      }
    }
  } finally {
    // Nobody waits for the rest, and a stream that broke has none.
    reader.cancel().catch(() => {})
  }
  const rest = begun.join('') + decoder.decode()
  if (rest !== '') yield parseLine(rest, schema)
}

function parseLine<T>(line: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(line))
  } catch (cause) {
    throw new BrokenStream('The origin sent a line that cannot be read', { cause })
  }
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  silenceMs: number,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await within(silenceMs, reader.read())
  } catch (cause) {
    throw new BrokenStream('The connection to the origin broke', { cause })
  }
}
