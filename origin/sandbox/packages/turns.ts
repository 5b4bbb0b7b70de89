import { PackageRefusal } from './package-refusal.ts'

/** Gives a turn back; to be called once. */
export type Leave = () => void

export type Turns = {
  /**
   * Resolves when it is one's turn, in the order of asking. Rejects with the signal's reason when
   * that aborts before, and with PackageRefusal when too many wait already.
   */
  take(signal: AbortSignal): Promise<Leave>
}

/** Work of which only so much is done at once, and for which only so many may wait. */
export function turns(atOnce: number, mostWaiting: number): Turns {
  let taken = 0
  const waiting = new Set<() => void>()

  function leave(): void {
    const [next] = waiting
    if (next === undefined) {
      taken--
      return
    }
    waiting.delete(next)
    next()
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (taken < atOnce) {
        taken++
        return leave
      }
      if (waiting.size >= mostWaiting) {
        throw new PackageRefusal('too many ask for packages at the moment; try again later')
      }
      const mine = Promise.withResolvers<void>()
      waiting.add(mine.resolve)
      const giveUp = () => {
        if (waiting.delete(mine.resolve)) mine.reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      await mine.promise.finally(() => signal.removeEventListener('abort', giveUp))
      return leave
    },
  }
}
