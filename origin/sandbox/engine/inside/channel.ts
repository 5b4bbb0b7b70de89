import { read, readSync, writeSync } from 'node:fs'

/** Frames to and from the supervisor: a u32 length (big endian), then UTF-8 JSON. */
const CHANNEL = 3
const HEAD_BYTES = 4
const READ_BYTES = 64 * 1024
// A tool may replace what everybody shares; the runner keeps its own.
const { parse, stringify } = JSON

/** Sends one message; returns when the kernel has taken all of it. */
export function send(message: object): void {
  const body = Buffer.from(stringify({ __proto__: null, ...message }))
  const frame = Buffer.alloc(HEAD_BYTES + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, HEAD_BYTES)
  for (let at = 0; at < frame.length;) at += writeSync(CHANNEL, frame, at)
}

/** Blocks for the next message; null when the supervisor has gone. */
export function receive(): unknown {
  const head = exactly(HEAD_BYTES)
  const body = head === null ? null : exactly(head.readUInt32BE())
  return body === null ? null : parse(body.toString())
}

function exactly(count: number): Buffer | null {
  const bytes = Buffer.alloc(count)
  for (let at = 0; at < count;) {
    const got = readSync(CHANNEL, bytes, at, count - at, null)
    if (got === 0) return null
    at += got
  }
  return bytes
}

/** Reads messages without blocking, for as long as somebody waits for one. */
export function listener(hear: (message: unknown) => void, waits: () => boolean): () => void {
  let held = Buffer.alloc(0)
  let reading = false

  function next(): void {
    if (reading || !waits()) return
    reading = true
    read(CHANNEL, Buffer.alloc(READ_BYTES), 0, READ_BYTES, null, (error, got, bytes) => {
      reading = false
      if (error !== null || got === 0) return // the supervisor has gone, and ends this process
      held = Buffer.concat([held, bytes.subarray(0, got)])
      while (held.length >= HEAD_BYTES) {
        const end = HEAD_BYTES + held.readUInt32BE()
        if (held.length < end) break
        hear(parse(held.toString('utf8', HEAD_BYTES, end)))
        held = held.subarray(end)
      }
      next()
    })
  }
  return next
}
