import { Worker } from 'node:worker_threads'

/** JavaScript, every character where it was; or why there is none, and where. */
export type Stripped = { code: string } | { message: string; line: number | null }

const WORKER = new URL('./strip-worker.ts', import.meta.url)
/** Until the thread and its parser are there. */
const START_MS = 10_000
const MEMORY_MB = 128

/**
 * Takes the types out of texts that may be hostile. The parser is WebAssembly and does not outlive
 * an overflow of its stack, so each call has a thread and an instance of its own. Null when the
 * texts broke it, or took it longer than `limitMs`; rejects with the reason of the signal.
 */
export async function strip(
  texts: readonly string[],
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<Stripped[] | null> {
  signal.throwIfAborted()
  const worker = new Worker(WORKER, {
    env: {},
    stderr: true, // Node calls the function experimental there
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  const done = Promise.withResolvers<Stripped[] | null>()
  const broken = () => done.resolve(null)
  const stop = () => done.reject(signal.reason as Error)
  let late = setTimeout(broken, START_MS)
  worker.on('message', (said: 'ready' | Stripped[]) => {
    if (said !== 'ready') return done.resolve(said)
    clearTimeout(late)
    late = setTimeout(broken, limitMs)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    worker.postMessage(texts)
  })
  worker.once('error', broken).once('exit', broken)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await done.promise
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
