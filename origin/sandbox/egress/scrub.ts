import { cleanStream, cleanText } from '#contract/scrubbing/clean.ts'
import { needlesFor } from '#contract/scrubbing/needles.ts'
import type { BoundSecret } from '#contract/egress.ts'

/** Takes secret values out of what a tool gets to see, leaving `[secret NAME]`. */
export type Scrubber = {
  text(text: string): string
  /** A header's value, as Node reads it: a character for each byte. */
  header(value: string): string
  /** The same for a stream: a value torn between two chunks is found as well. */
  stream(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void>
}

/** Finds what `needlesFor` says, byte for byte: a server's encoding is its own affair. */
export function scrubber(secrets: readonly BoundSecret[]): Scrubber {
  if (secrets.length === 0) return { text: same, header: same, stream: whole }
  const needles = needlesFor(
    secrets.map(({ name, value }) => [name, value] as const),
    'bytes',
  )
  const header = (value: string) => cleanText(needles, value)

  return {
    text: (text) =>
      Buffer.from(header(Buffer.from(text).toString('latin1')), 'latin1').toString('utf8'),
    header,
    async *stream(chunks) {
      for await (const text of cleanStream(needles, inLatin1(chunks)))
        yield Buffer.from(text, 'latin1')
    },
  }
}

async function* inLatin1(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, void> {
  for await (const chunk of chunks) yield chunk.toString('latin1')
}

function same(text: string): string {
  return text
}

async function* whole(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  yield* chunks
}
