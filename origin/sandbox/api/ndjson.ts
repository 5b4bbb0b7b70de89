import type { Line } from '../runs/event-log.ts'

/** A run that ends within this is answered in one piece, which costs its reader one wake-up. */
const AT_ONCE_MS = 20

/**
 * A response of the lines of a run: the whole of it when they end at once, else as they come. A reader that leaves ends only its reading.
 */
export async function ndjson(lines: AsyncGenerator<Line, void, void>): Promise<Response> {
  const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), AT_ONCE_MS)
  const early: Line[] = []
  try {
    for (;;) {
      const next = lines.next()
      const first = await Promise.race([next, late.promise])
      if (first === null) return new Response(rest(early, next, lines), { headers })
      if (first.done) return new Response(Buffer.concat(early), { headers })
      early.push(first.value)
    }
  } finally {
    clearTimeout(timer)
  }
}

function rest(
  early: readonly Line[],
  first: Promise<IteratorResult<Line, void>>,
  lines: AsyncGenerator<Line, void, void>,
): ReadableStream<Uint8Array> {
  let next: typeof first | null = first
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (early.length > 0) controller.enqueue(Buffer.concat(early))
    },
    async pull(controller) {
      const { value, done } = await (next ?? lines.next())
      next = null
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await lines.return()
    },
  })
}
