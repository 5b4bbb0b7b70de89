import { principalKey, type Principal } from '#contract/principal.ts'
import { RecentMap } from '#contract/recent-map.ts'
import { reportFault } from '../log.ts'
import type { Lease, LeaseRequest } from './rate-budget.ts'

/** Where the budget of this name is, such as one principal's. */
export type BudgetOf = (name: string) => {
  lease(request: LeaseRequest): Promise<Lease>
}

const MINUTE_MS = 60_000
/** How long leased permits are good: as long as it takes the budget to fill up. */
const LEASE_MS = MINUTE_MS
/** Enough for the few requests that a client sends together, so that one lease does for them. */
const FIRST_LEASE = 5
const LARGEST_LEASE = 10
/** Principals whose permits are kept; the one that came least recently goes first. */
const KEPT = 1_000

interface Held {
  permits: number
  until: number
  wanted: number
}

/**
 * Counts requests per principal, over all isolates. Asks the principal's budget for a few permits at
 * first, and for more at a time while they are used up quickly. One per isolate.
 */
export class RateLimiter {
  readonly #budgetOf: BudgetOf
  readonly #perMinute: number
  readonly #held = new RecentMap<Held>(KEPT)

  constructor(budgetOf: BudgetOf, perMinute: number) {
    this.#budgetOf = budgetOf
    this.#perMinute = perMinute
  }

  /** Takes a permit for one request: 0, or for how many milliseconds there is none. */
  async take(principal: Principal): Promise<number> {
    const key = principalKey(principal)
    const held = this.#held.get(key)
    const isCurrent = held !== undefined && Date.now() < held.until
    if (isCurrent && held.permits > 0) {
      held.permits--
      return 0
    }
    const wanted = isCurrent ? Math.min(held.wanted * 2, LARGEST_LEASE) : FIRST_LEASE
    const request = { holds: this.#perMinute, fillsInMs: MINUTE_MS, wanted }
    const { permits, retryAfterMs } = await this.#lease(key, request)
    if (permits === 0) return retryAfterMs
    // Requests at the same time may each have brought a lease.
    const left = this.#current(key)?.permits ?? 0
    this.#held.set(key, { permits: left + permits - 1, until: Date.now() + LEASE_MS, wanted })
    return 0
  }

  /** Once more where the object broke, as it does when new code is deployed; by a stub that is not broken. */
  async #lease(key: string, request: LeaseRequest): Promise<Lease> {
    try {
      return await this.#budgetOf(key).lease(request)
    } catch (fault) {
      reportFault(fault)
      return await this.#budgetOf(key).lease(request)
    }
  }

  #current(key: string): Held | null {
    const held = this.#held.get(key)
    return held !== undefined && Date.now() < held.until ? held : null
  }
}
