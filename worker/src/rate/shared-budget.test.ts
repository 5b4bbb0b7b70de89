import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Principal } from '#contract/principal.ts'
import { RateLimiter } from './rate-limiter.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

const someone = (): Principal => ({ kind: 'service', clientId: crypto.randomUUID() })

/** A limiter as each isolate has one; the budgets behind all of them are the same objects. */
function isolate(perMinute = 100) {
  const asked = vi.fn<(name: string) => void>()
  const budgetOf = (name: string) => {
    asked(name)
    return env.RATE_BUDGETS.getByName(name)
  }
  return { limiter: new RateLimiter(budgetOf, perMinute), asked }
}

async function taken(limiter: RateLimiter, principal: Principal, most: number): Promise<number> {
  for (let n = 0; n < most; n++) if ((await limiter.take(principal)) > 0) return n
  return most
}

test('a principal has what may be sent in a minute, and then waits for the next permit', async () => {
  const { limiter } = isolate(60)
  const alice = someone()
  expect(await taken(limiter, alice, 100)).toBe(60)
  expect(await limiter.take(alice)).toBe(1_000)
  vi.setSystemTime(Date.now() + 1_000)
  expect(await limiter.take(alice)).toBe(0)
  expect(await limiter.take(alice)).toBeGreaterThan(0)
})

test('isolates share it, and never give away more', async () => {
  const alice = someone()
  const isolates = [isolate(), isolate(), isolate()]
  const counts = [0, 0, 0]
  for (let n = 0; n < 300; n++)
    if ((await isolates[n % 3]!.limiter.take(alice)) === 0) counts[n % 3]!++
  const all = counts.reduce((sum, count) => sum + count)
  expect(all).toBeLessThanOrEqual(100)
  // What one of them holds and does not use is little, because leases shrink with the budget.
  expect(all).toBeGreaterThan(95)
})

test('somebody else’s requests do not count', async () => {
  const { limiter } = isolate(3)
  const [alice, bob] = [someone(), someone()]
  expect(await taken(limiter, alice, 10)).toBe(3)
  expect(await taken(limiter, bob, 10)).toBe(3)
})

test('the budget is asked for a lease, not for each request', async () => {
  const { limiter, asked } = isolate(1_000)
  expect(await taken(limiter, someone(), 200)).toBe(200)
  expect(asked.mock.calls.length).toBeLessThan(30)
})

test('a caller who comes now and then takes no more than is used', async () => {
  const { limiter } = isolate(60)
  const alice = someone()
  for (let n = 0; n < 100; n++) {
    expect(await limiter.take(alice)).toBe(0)
    vi.setSystemTime(Date.now() + 1_000)
  }
})

test('the budget is as empty as it was after its object was evicted', async () => {
  const { limiter } = isolate(10)
  const alice = someone()
  expect(await taken(limiter, alice, 100)).toBe(10)
  const { clientId } = alice as { clientId: string }
  await evictDurableObject(env.RATE_BUDGETS.getByName(`service:${clientId}`))
  expect(await isolate(10).limiter.take(alice)).toBeGreaterThan(0)
})

test('a clock that goes back gives nothing away', async () => {
  const { limiter } = isolate(10)
  const alice = someone()
  await taken(limiter, alice, 100)
  vi.setSystemTime(Date.now() - 3_600_000)
  expect(await isolate(10).limiter.take(alice)).toBeGreaterThan(0)
})

test('a budget that cannot be asked lets nobody in', async () => {
  const limiter = new RateLimiter(() => ({ lease: () => Promise.reject(new Error('gone')) }), 10)
  await expect(limiter.take(someone())).rejects.toThrow('gone')
})
