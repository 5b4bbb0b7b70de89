import { afterAll, expect, inject, test } from 'vitest'
import { lt } from 'drizzle-orm'
import { RateLimiter } from '../domain/rate/rate-limiter.ts'
import { freshDatabase, openReplica } from '../testing/databases.ts'
import { rateWindows } from './rate-schema.ts'
import { pgRateStore } from './rate-store.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const NOON = Date.UTC(2026, 0, 1, 12)
let now = NOON
const replica = (limit = 100) => new RateLimiter(pgRateStore(opened.db), limit, () => now)

async function allowed(limiters: RateLimiter[], key: string, times: number): Promise<number> {
  const taken = await Promise.all(
    Array.from({ length: times }, (_, n) => limiters[n % limiters.length]!.take(key)),
  )
  return taken.filter((one) => one.allowed).length
}

test('so many requests are let through in a minute, by all processes together', async () => {
  const replicas = [replica(), replica(), replica()]
  const through = await allowed(replicas, 'together', 400)
  expect(through).toBeLessThanOrEqual(100)
  // What a process holds for requests that never came is all that can be missing.
  expect(through).toBeGreaterThan(100 - 3 * 10)
})

test('one process lets exactly as many through', async () => {
  const one = replica()
  for (let n = 0; n < 100; n++) expect((await one.take('alone')).allowed).toBe(true)
  expect(await one.take('alone')).toEqual({ allowed: false, limit: 100, remaining: 0, resetS: 60 })
})

test('a restart gives nobody a new budget', async () => {
  await allowed([replica()], 'restarted', 100)
  expect((await replica().take('restarted')).allowed).toBe(false)
})

test('one asker takes nothing from another', async () => {
  await allowed([replica()], 'greedy', 200)
  expect((await replica().take('modest')).allowed).toBe(true)
})

test('the next minute is a new one, and the last one is forgotten', async () => {
  const one = replica()
  await allowed([one], 'patient', 200)
  now = NOON + 59_999
  expect(await one.take('patient')).toMatchObject({ allowed: false, resetS: 1 })
  now = NOON + 60_000
  expect(await one.take('patient')).toMatchObject({ allowed: true })
  await pgRateStore(opened.db).forgetBefore(now)
  expect(await opened.db.$count(rateWindows, lt(rateWindows.window, new Date(now)))).toBe(0)
})

test('a limit of one is a limit of one', async () => {
  const strict = replica(1)
  expect((await strict.take('strict')).allowed).toBe(true)
  expect((await strict.take('strict')).allowed).toBe(false)
})
