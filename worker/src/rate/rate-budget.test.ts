import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { RateBudget } from './rate-budget.ts'

const budget = () => env.RATE_BUDGETS.getByName(crypto.randomUUID())
/** So few a minute that none comes back while a test runs. */
const PER_MINUTE = 12

const take = (of: DurableObjectStub<RateBudget>) => of.lease({ perMinute: PER_MINUTE, wanted: 1 })
const keysOf = (of: DurableObjectStub<RateBudget>) =>
  runInDurableObject(of, (_object, { storage }) => [...storage.kv.list()].map(([key]) => key))

async function takeAll(of: DurableObjectStub<RateBudget>): Promise<number> {
  for (let taken = 0; ; taken++) if ((await take(of)).permits === 0) return taken
}

describe('a budget', () => {
  test('gives what may be sent in a minute, and then says how long to wait', async () => {
    const mine = budget()
    expect(await takeAll(mine)).toBe(PER_MINUTE)
    const { permits, retryAfterMs } = await take(mine)
    expect(permits).toBe(0)
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000 / PER_MINUTE)
  })

  test('gives less at a time the emptier it is', async () => {
    const mine = budget()
    const lease = () => mine.lease({ perMinute: PER_MINUTE, wanted: 10 })
    expect([await lease(), await lease(), await lease()].map(({ permits }) => permits)).toEqual([
      3, 2, 1,
    ])
  })

  test('writes nothing while it would be full again before an idle object is forgotten', async () => {
    const mine = budget()
    await take(mine)
    await take(mine)
    expect(await keysOf(mine)).toEqual([])
    expect(await runDurableObjectAlarm(mine)).toBe(false)
    await take(mine)
    expect(await keysOf(mine)).toEqual(['bucket'])
  })

  test('that is used up stays so after its object was evicted', async () => {
    const mine = budget()
    await takeAll(mine)
    await evictDurableObject(mine)
    expect((await take(mine)).permits).toBe(0)
  })

  test('removes what it stored when that has lost its meaning', async () => {
    const mine = budget()
    await takeAll(mine)
    expect(await runDurableObjectAlarm(mine)).toBe(true)
    expect(await keysOf(mine)).toEqual([])
  })
})
