import { HEARTBEAT_MS } from '#contract/limits.ts'
import { visibleJson } from '#contract/visible-text.ts'

/** One server-sent event. `data` is sent as JSON. */
export interface SentEvent {
  id: number
  event: string
  data: object
}

/**
 * Events as `text/event-stream` (WHATWG HTML §9.2), read no faster than they are taken, with a
 * comment in each silence. When the reader goes away, `stop` is aborted; the events must end on that.
 */
export function eventStream(
  events: AsyncIterator<SentEvent>,
  stop: AbortController,
  onFault: (fault: unknown) => void,
): Response {
  const encoder = new TextEncoder()
  let beat: NodeJS.Timeout | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': hello\n\n'))
      beat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(': here\n\n'))
      }, HEARTBEAT_MS / 2)
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
          const { id, event, data } = next.value
          const text = `id: ${id}\nevent: ${event}\ndata: ${visibleJson(data)}\n\n`
          controller.enqueue(encoder.encode(text))
        }
      } catch (fault) {
        clearInterval(beat)
        onFault(fault)
        if (!stop.signal.aborted) controller.error(fault)
        stop.abort()
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
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
