import type { z } from 'zod'

/** A stream that ended, fell silent or said something unreadable before its last line. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream'
}

/**
 * Reads a stream of JSON lines. Throws BrokenStream when nothing comes for `silenceMs`: a half-open
 * connection looks like that. Leaving the iteration closes the stream.
 */
export async function* readLines<T>(
  body: ReadableStream<Uint8Array>,
  schema: z.ZodType<T>,
  silenceMs: number,
): AsyncGenerator<T> {
  const reader = body.getReader()
  // Not a TextDecoderStream, which costs more than all the rest of a short call's reading.
  const decoder = new TextDecoder()
  let begun: string[] = []
  try {
    for (;;) {
      const { done, value } = await next(reader, silenceMs)
      if (done) break
      const [rest = '', ...following] = decoder.decode(value, { stream: true }).split('\n')
      begun.push(rest)
      for (const part of following) {
        yield parseLine(begun.join(''), schema)
        begun = [part]
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

async function within<T>(ms: number, step: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BrokenStream(`Nothing came for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([step, silence])
  } finally {
    clearTimeout(timer)
  }
}
