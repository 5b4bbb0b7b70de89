import { nestsDeeperThan } from '#contract/json-depth.ts'

/** What a peer did wrong on a channel. It says so once; the channel is unusable from then on. */
export class FrameFault extends Error {
  readonly fault: 'too_long' | 'flood' | 'too_deep' | 'malformed'

  constructor(fault: FrameFault['fault'], message: string) {
    super(message)
    this.fault = fault
  }
}

export type FrameLimits = {
  bytes: number
  depth: number
  /** A message of more than these bytes must begin like this. */
  large?: { bytes: number; begin: RegExp }
}

/** A message, and how many bytes it had. */
export type Frame = { message: unknown; bytes: number }

const HEAD_BYTES = 4
/** What a message is judged by before the rest of it is kept. */
const BEGINNING_BYTES = 24

/**
 * Decoder of a byte stream of frames: u32 length (big endian), then that many bytes of JSON. Takes
 * chunks cut anywhere and gives the messages that are complete. A length beyond the limit is
 * refused before a byte of it is kept, or few are where its beginning says so; a stream holds at
 * most one frame in memory.
 */
export function frameDecoder(limits: FrameLimits): (chunk: Buffer) => Frame[] {
  let parts: Buffer[] = []
  let held = 0
  let wanted: number | null = null
  let judged = false

  function take(count: number): Buffer {
    const all = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    parts = count < all.length ? [all.subarray(count)] : []
    held -= count
    return all.subarray(0, count)
  }

  /** Once the beginning of a large message is there. */
  function judge(length: number): void {
    const { large } = limits
    if (judged || large === undefined || length <= large.bytes || held < BEGINNING_BYTES) return
    judged = true
    const beginning = Buffer.concat(parts).toString('latin1', 0, BEGINNING_BYTES)
    if (!large.begin.test(beginning)) {
      throw new FrameFault(
        'flood',
        `${length} bytes for such a message; ${large.bytes} is the most`,
      )
    }
  }

  return (chunk) => {
    const frames: Frame[] = []
    parts.push(chunk)
    held += chunk.length
    for (;;) {
      if (wanted === null) {
        if (held < HEAD_BYTES) return frames
        wanted = take(HEAD_BYTES).readUInt32BE(0)
        if (wanted > limits.bytes) {
          throw new FrameFault(
            'too_long',
            `a message of ${wanted} bytes; ${limits.bytes} is the most`,
          )
        }
      }
      judge(wanted)
      if (held < wanted) return frames
      frames.push({ message: parse(take(wanted), limits.depth), bytes: wanted })
      wanted = null
      judged = false
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
