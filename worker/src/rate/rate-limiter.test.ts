import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Lease, LeaseRequest } from './rate-budget.ts'
import { RateLimiter } from './rate-limiter.ts'

const ALICE = { kind: 'service', clientId: 'alice' } as const

let asked: LeaseRequest[]
let given: (request: LeaseRequest) => Lease
const limiter = () =>
  new RateLimiter(
    () => ({
      lease: async (request) => {
        asked.push(request)
        return given(request)
      },
    }),
    100,
  )

beforeEach(() => {
  asked = []
  given = ({ wanted }) => ({ permits: wanted, retryAfterMs: 0 })
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => vi.useRealTimers())

test('the few requests that a client sends together need one lease', async () => {
  const rate = limiter()
  for (let n = 0; n < 5; n++) expect(await rate.take(ALICE)).toBe(0)
  expect(asked).toEqual([{ perMinute: 100, wanted: 5 }])
})

test('whoever goes on gets more at a time', async () => {
  const rate = limiter()
  for (let n = 0; n < 16; n++) await rate.take(ALICE)
  expect(asked.map(({ wanted }) => wanted)).toEqual([5, 10, 10])
})

test('permits are good for a minute', async () => {
  const rate = limiter()
  await rate.take(ALICE)
  vi.setSystemTime(Date.now() + 59_999)
  await rate.take(ALICE)
  expect(asked).toHaveLength(1)
  vi.setSystemTime(Date.now() + 1)
  await rate.take(ALICE)
  expect(asked.map(({ wanted }) => wanted)).toEqual([5, 5])
})

test('where there is none, it says for how long', async () => {
  given = () => ({ permits: 0, retryAfterMs: 600 })
  expect(await limiter().take(ALICE)).toBe(600)
})
