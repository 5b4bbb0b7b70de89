import { SSE_HEADERS, sseComment } from './sse.ts'

/** The writing end of one event stream. */
export interface EventStream {
  readonly response: Response
  /** Aborts when the stream is over, whoever ended it. */
  readonly over: AbortSignal
  /** Without effect once the stream is over. */
  write: (chunk: Uint8Array) => void
  close: () => void
}

/**
 * Opens an event stream: its first byte leaves at once (some proxies hold the headers until then),
 * and a comment follows every `keepAliveMs`, which is also how a vanished reader is noticed.
 */
export function openEventStream(keepAliveMs: number): EventStream {
  const ended = new AbortController()
  let beat: ReturnType<typeof setInterval> | undefined
  const end = () => {
    clearInterval(beat)
    ended.abort()
  }
  let sink: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      sink = controller
      controller.enqueue(sseComment('open'))
    },
    cancel: end,
  })
  const write = (chunk: Uint8Array) => {
    if (!ended.signal.aborted) sink?.enqueue(chunk)
  }
  beat = setInterval(() => write(sseComment('keepalive')), keepAliveMs)
  return {
    response: new Response(body, { headers: SSE_HEADERS }),
    over: ended.signal,
    write,
    close() {
      if (ended.signal.aborted) return
      end()
      sink?.close()
    },
  }
}
