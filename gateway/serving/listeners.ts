import { MAX_NEWS_STREAMS } from '#contract/limits.ts'
import type { Problem } from '#contract/problem.ts'

/** Counts the streams that are open for news alone, of all sessions and subscriptions of a process. */
export class Listeners {
  readonly #most: number
  #open = 0

  constructor(most = MAX_NEWS_STREAMS) {
    this.#most = most
  }

  /** Counts one in. Gives what counts it out again, once; null when there is no place for it. */
  enter(): (() => void) | null {
    if (this.#open >= this.#most) return null
    this.#open++
    let isIn = true
    return () => {
      if (isIn) this.#open--
      isIn = false
    }
  }
}

export const TOO_MANY_LISTENERS: Problem = {
  code: 'busy',
  message: 'As many streams are open here for news as there may be. Close one, or try again later.',
}
