/** How long the events of a finished operation can be asked for again. */
export const FINISHED_KEPT_MS = 24 * 3600 * 1000
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
