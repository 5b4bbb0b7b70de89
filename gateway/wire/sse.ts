/** Headers of every event stream: no cache and no proxy may hold it back (WHATWG HTML §9.2). */
export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

const encoder = new TextEncoder()

/** One `message` event. The text is JSON, so it holds no line break of its own. */
export function sseMessage(json: string): Uint8Array {
  return encoder.encode(`event: message\ndata: ${json}\n\n`)
}

/** A line that clients skip: it opens a stream, or keeps it from being taken for dead. */
export function sseComment(text: string): Uint8Array {
  return encoder.encode(`: ${text}\n\n`)
}
