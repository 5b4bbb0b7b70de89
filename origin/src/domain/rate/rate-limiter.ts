import { RecentMap } from '#contract/recent-map.ts'
import type { RateStore } from './rate-store.ts'

const WINDOW_MS = 60_000
/** Permits that a process takes at a time, so that not every request is written down. */
const LEASE = 10
/** Askers whose permits are kept; the one that came first goes first. */
const KEPT = 10_000

export interface Taken {
  allowed: boolean
  /** Requests in a minute. */
  limit: number
  /** What this process knows to be left, at least. */
  remaining: number
  /** Seconds until the minute is over. */
  resetS: number
}

/**
 * So many requests of one asker in each minute of the clock, over all processes and restarts. What a
 * process took and did not use when it ends is lost to the asker until the next minute: at most ten.
 */
export class RateLimiter {
  readonly #store: RateStore
  readonly #limit: number
  readonly #now: () => number
  readonly #held = new RecentMap<{ window: number; permits: number; left: number }>(KEPT)

  constructor(store: RateStore, limit: number, now: () => number = () => Date.now()) {
    this.#store = store
    this.#limit = limit
    this.#now = now
  }

  /** Takes a permit for one request of `key`. */
  async take(key: string): Promise<Taken> {
    const now = this.#now()
    const window = now - (now % WINDOW_MS)
    const held = this.#heldIn(window, key)
    if (held.permits === 0 && held.left > 0) {
      const wanted = Math.min(LEASE, Math.ceil(this.#limit / LEASE))
      const { got, left } = await this.#store.take(key, window, { wanted, most: this.#limit })
      held.permits += got
      held.left = left
    }
    const allowed = held.permits > 0
    if (allowed) held.permits--
    return {
      allowed,
      limit: this.#limit,
      remaining: held.permits + held.left,
      resetS: Math.ceil((window + WINDOW_MS - now) / 1000),
    }
  }

  #heldIn(window: number, key: string) {
    const held = this.#held.get(key)
    if (held?.window === window) return held
    const fresh = { window, permits: 0, left: this.#limit }
    this.#held.set(key, fresh)
    return fresh
  }
}
