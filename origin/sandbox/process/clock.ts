/** A span of time that runs only while it is started. */
export type Clock = {
  start(): void
  /** Gives the milliseconds that have run so far. */
  stop(): number
}

/** Calls `late`, once, when it has run for `limitMs` in all. Starting or stopping twice is once. */
export function clock(limitMs: number, late: () => void): Clock {
  let run = 0
  let began: number | null = null
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      if (began !== null) return
      began = performance.now()
      timer = setTimeout(late, Math.max(limitMs - run, 0))
    },
    stop() {
      if (began !== null) run += performance.now() - began
      began = null
      clearTimeout(timer)
      return run
    },
  }
}
