import type { RunEvent } from '#contract/sandbox.ts'

/** A response of one JSON text per line, as they come. A reader that leaves ends only its reading. */
export function ndjson(events: AsyncGenerator<RunEvent, void, void>): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await events.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
    },
    async cancel() {
      await events.return()
    },
  })
  return new Response(body, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  })
}
