import { MAX_QUEUED_MS } from '#contract/limits.ts'

/**
 * How long the events of a finished operation can be asked for again. Longer than a call waits in a
 * queue: it may have been here before it was queued, and must be known when it comes again.
 */
export const FINISHED_KEPT_MS = MAX_QUEUED_MS + 3600 * 1000
const EVERY_MS = 60_000

/** Runs the given clean-ups once a minute. */
export function housekeeping(
  cleanups: readonly (() => Promise<unknown>)[],
  onFault: (fault: unknown) => void,
): Disposable {
  const timer = setInterval(() => {
    for (const cleanup of cleanups) cleanup().catch(onFault)
  }, EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
