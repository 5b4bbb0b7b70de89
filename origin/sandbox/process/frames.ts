import { nestsDeeperThan } from '#contract/json-depth.ts'

/** What a peer did wrong on a channel. It says so once; the channel is unusable from then on. */
export class FrameFault extends Error {
  readonly fault: 'too_long' | 'too_deep' | 'malformed'

  constructor(fault: FrameFault['fault'], message: string) {
    super(message)
    this.fault = fault
  }
}

export type FrameLimits = { bytes: number; depth: number }

const HEAD_BYTES = 4

/**
 * Decoder of a byte stream of frames: u32 length (big endian), then that many bytes of JSON. Takes
 * chunks cut anywhere and gives the messages that are complete. A length beyond the limit is
 * refused before a byte of it is kept, so a stream holds at most one frame in memory.
 */
export function frameDecoder(limits: FrameLimits): (chunk: Buffer) => unknown[] {
  let parts: Buffer[] = []
  let held = 0
  let wanted: number | null = null

  function take(count: number): Buffer {
    const all = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    parts = count < all.length ? [all.subarray(count)] : []
    held -= count
    return all.subarray(0, count)
  }

  return (chunk) => {
    const messages: unknown[] = []
    parts.push(chunk)
    held += chunk.length
    for (;;) {
      if (wanted === null) {
        if (held < HEAD_BYTES) return messages
        wanted = take(HEAD_BYTES).readUInt32BE(0)
        if (wanted > limits.bytes) {
          throw new FrameFault(
            'too_long',
            `a message of ${wanted} bytes; ${limits.bytes} is the most`,
          )
        }
      }
      if (held < wanted) return messages
      messages.push(parse(take(wanted), limits.depth))
      wanted = null
    }
  }
}

function parse(bytes: Buffer, depth: number): unknown {
  const text = bytes.toString('utf8')
  if (nestsDeeperThan(depth, text)) {
    throw new FrameFault('too_deep', `a message that nests deeper than ${depth} levels`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new FrameFault('malformed', 'bytes that are not a message')
  }
}

/** One frame, ready to be written. */
export function encodeFrame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}
