import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signInBudget } from './sign-in-budget.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

test('a day has no more of it, however it is asked for, and evenly so', async () => {
  const name = crypto.randomUUID()
  const budget = signInBudget(() => env.RATE_BUDGETS.getByName(name), 50)
  const taken: number[] = []
  for (let hour = 0; hour < 24; hour++) {
    let count = 0
    while ((await budget.take()) === 0) count++
    taken.push(count)
    vi.setSystemTime(Date.now() + 3_600_000)
  }
  expect(taken[0]).toBe(10)
  expect(taken.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(50)
  expect(taken.slice(1).every((count) => count === 1 || count === 2)).toBe(true)
})

test('who comes too late hears when there is one again', async () => {
  const name = crypto.randomUUID()
  const budget = signInBudget(() => env.RATE_BUDGETS.getByName(name), 5)
  expect(await budget.take()).toBe(0)
  const waitMs = await budget.take()
  expect(waitMs).toBe(6 * 3_600_000)
  vi.setSystemTime(Date.now() + waitMs)
  expect(await budget.take()).toBe(0)
})
