import type { BudgetOf } from './rate-limiter.ts'

const DAY_MS = 86_400_000
/** No principal is called that (see principalKey). */
const NAME = 'sign-ins'

/** How many sign-ins and registrations may begin, of all strangers together. */
export interface SignInBudget {
  /** Takes one: 0, or for how many milliseconds there is none. */
  take(): Promise<number>
}

/**
 * A fifth of a day's budget may be used up at once, and the other four fifths come back evenly over
 * the day, so that no 24 hours have more. A permit is used at once, and never kept by an isolate.
 */
export function signInBudget(budgetOf: BudgetOf, perDay: number): SignInBudget {
  const request = { holds: perDay / 5, fillsInMs: DAY_MS / 4, wanted: 1 }
  return {
    async take() {
      const { permits, retryAfterMs } = await budgetOf(NAME).lease(request)
      return permits > 0 ? 0 : retryAfterMs
    },
  }
}
