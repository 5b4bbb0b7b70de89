import { Refused } from './refusal.ts'

/** So many at once; the others wait their turn, up to a number. */
export type Places = {
  /** Resolves when there is a place; call what it gives to leave it. Rejects when the signal aborts. */
  take(signal: AbortSignal): Promise<() => void>
}

/** First come, first served. Beyond `waiting` in line, `take` throws Refused at once. */
export function places(atOnce: number, waiting: number): Places {
  let taken = 0
  const queue: (() => void)[] = []

  function leave(): void {
    const next = queue.shift()
    if (next === undefined) taken--
    else next()
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (taken < atOnce) {
        taken++
      } else {
        if (queue.length >= waiting)
          throw new Refused({ reason: 'too_many_at_once', most: waiting })
        const turn = Promise.withResolvers<void>()
        const stop = () => {
          queue.splice(queue.indexOf(turn.resolve), 1)
          turn.reject(signal.reason as Error)
        }
        queue.push(turn.resolve)
        signal.addEventListener('abort', stop, { once: true })
        await turn.promise.finally(() => signal.removeEventListener('abort', stop))
      }
      let left = false
      return () => {
        if (!left) leave()
        left = true
      }
    },
  }
}
