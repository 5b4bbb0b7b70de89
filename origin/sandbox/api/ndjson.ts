import type { RunEvent } from '#contract/sandbox.ts'

/** A run that ends within this is answered in one piece, which costs its reader one wake-up. */
const AT_ONCE_MS = 20

/**
 * A response of one JSON text per line: the whole of it when the events end at once, else as they
 * come. A reader that leaves ends only its reading.
 */
export async function ndjson(events: AsyncGenerator<RunEvent, void, void>): Promise<Response> {
  const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), AT_ONCE_MS)
  let early = ''
  try {
    for (;;) {
      const next = events.next()
      const first = await Promise.race([next, late.promise])
      if (first === null) return new Response(rest(early, next, events), { headers })
      if (first.done) return new Response(early, { headers })
      early += lineOf(first.value)
    }
  } finally {
    clearTimeout(timer)
  }
}

function rest(
  early: string,
  first: Promise<IteratorResult<RunEvent, void>>,
  events: AsyncGenerator<RunEvent, void, void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next: typeof first | null = first
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (early !== '') controller.enqueue(encoder.encode(early))
    },
    async pull(controller) {
      const { value, done } = await (next ?? events.next())
      next = null
      if (done) controller.close()
      else controller.enqueue(encoder.encode(lineOf(value)))
    },
    async cancel() {
      await events.return()
    },
  })
}

function lineOf(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`
}
