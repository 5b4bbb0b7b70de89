import { openEventStream } from './event-stream.ts'
import { sseMessage } from './sse.ts'

export interface LateStreamOptions {
  /** How long an answer may take to keep its own status and content type, in milliseconds. */
  graceMs: number
  /** Longest silence on the stream, in milliseconds. */
  keepAliveMs: number
  /** What an event stream begins with; null for nothing but a comment. */
  opening: Uint8Array | null
  /** Hears of an answer that broke on its way; what came before is delivered as it was. */
  onFault: (error: unknown) => void
}

/**
 * Gives an answer as it is when it comes within the grace, so that early refusals keep their
 * HTTP status; commits to an event stream otherwise, keeps it alive, and relays the answer when it
 * is there. The inner signal aborts when the client is gone: at once where the runtime says so,
 * else at the next write that fails.
 *
 * `answer` must not reject: failures are answers too.
 */
export async function lateStream(
  client: AbortSignal,
  options: LateStreamOptions,
  answer: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const gone = new AbortController()
  const pending = answer(AbortSignal.any([client, gone.signal]))
  const early = await within(options.graceMs, pending)
  if (early) return early

  const stream = openEventStream(options.keepAliveMs)
  if (options.opening !== null) stream.write(options.opening)
  stream.over.addEventListener('abort', () => gone.abort(), { once: true })
  void pending
    .then((response) => relay(response, stream.write))
    .catch(options.onFault)
    .finally(stream.close)
  return stream.response
}

async function within(ms: number, answer: Promise<Response>): Promise<Response | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

async function relay(response: Response, write: (chunk: Uint8Array) => void): Promise<void> {
  if (response.body === null) return
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    for await (const chunk of response.body) write(chunk)
  } else {
    write(sseMessage(await response.text()))
  }
}
