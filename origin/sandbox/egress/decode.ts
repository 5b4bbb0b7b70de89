import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Refused } from './refusal.ts'

/**
 * The body of a response as it was before encoding (RFC 9110, 8.4.1), read only as fast as it is
 * asked for. More than `most` bytes, on the wire or decoded, end it: a small body that grows
 * without end is met while it grows.
 */
export function decodedBody(
  body: AsyncIterable<Buffer>,
  {
    encoding: said,
    host,
    most,
    signal,
  }: { encoding: string | null; host: string; most: number; signal: AbortSignal },
): AsyncGenerator<Buffer, void, void> {
  const encoding = (said ?? 'identity').trim().toLowerCase()
  const limited = capped(body, most)
  if (encoding === 'identity' || encoding === '') return failing(limited, host, signal)
  const decoder = decoderOf(encoding)
  if (decoder === null) throw new Refused({ reason: 'bad_encoding', host, encoding })
  // A fault on either side destroys the decoder with it, so its reader hears of it.
  const decoded = pipeline(limited, decoder, () => undefined)
  return failing(capped(decoded, most), host, signal)
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return null
  }
}

async function* capped(
  chunks: AsyncIterable<Buffer>,
  most: number,
): AsyncGenerator<Buffer, void, void> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > most) throw new Refused({ reason: 'response_too_large', most })
    yield chunk
  }
}

/** Says whose fault it was that a body broke off. */
async function* failing(
  chunks: AsyncIterable<Buffer>,
  host: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* chunks
  } catch (error) {
    if (error instanceof Refused) throw error
    signal.throwIfAborted()
    const detail = error instanceof Error ? error.message : String(error)
    throw new Refused({ reason: 'upstream_failed', host, detail })
  }
}
