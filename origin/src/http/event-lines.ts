import { HEARTBEAT_MS } from '#contract/limits.ts'

const HEARTBEAT = `${JSON.stringify({ type: 'heartbeat' })}\n`

/**
 * Events as a stream of NDJSON lines, with a heartbeat in each silence. When the reader goes away,
 * `stop` is aborted; the events must end on that.
 */
export function eventLines(
  events: AsyncIterator<unknown>,
  stop: AbortController,
  onFault: (fault: unknown) => void,
): Response {
  const encoder = new TextEncoder()
  let beat: NodeJS.Timeout | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (line: string) => controller.enqueue(encoder.encode(line))
      beat = setInterval(() => write(HEARTBEAT), HEARTBEAT_MS / 2)
    },
    async pull(controller) {
      try {
        const next = await events.next()
        if (stop.signal.aborted) return
        if (next.done === true) {
          clearInterval(beat)
          stop.abort()
          controller.close()
        } else {
          controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`))
        }
      } catch (fault) {
        clearInterval(beat)
        onFault(fault)
        if (!stop.signal.aborted) controller.error(fault)
      }
    },
    async cancel() {
      clearInterval(beat)
      stop.abort()
      await events.return?.()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
