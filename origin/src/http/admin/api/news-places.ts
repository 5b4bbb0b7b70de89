import { MAX_NEWS_STREAMS } from '#contract/limits.ts'
import { refuse } from '../../../domain/refusal.ts'

/** Places for streams of news: so many at once, of all admins together. */
export class NewsPlaces {
  #taken = 0

  /** @throws Refusal busy */
  assertFree(): void {
    if (this.#taken >= MAX_NEWS_STREAMS)
      refuse('busy', `${MAX_NEWS_STREAMS} streams of news are open already; close one.`)
  }

  /** Takes a place until it is disposed, once. @throws Refusal busy */
  take(): Disposable {
    this.assertFree()
    this.#taken += 1
    let free = false
    return {
      [Symbol.dispose]: () => {
        if (!free) this.#taken -= 1
        free = true
      },
    }
  }
}
