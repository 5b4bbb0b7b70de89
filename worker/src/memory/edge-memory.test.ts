import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { countRowsOf, type Rows } from '../../testing/counted-storage.ts'
import { extendLease } from './lease.ts'

const DAY_MS = 86_400_000
const object = () => env.EDGE_MEMORY.getByName(crypto.randomUUID())

afterEach(() => vi.useRealTimers())

describe('what is kept', () => {
  test('is read again, however long it is, and takes the place of what was kept before', async () => {
    const memory = object()
    expect(await memory.read()).toBeNull()
    await memory.keep({ etag: 'a', text: 'x'.repeat(1_200_000) })
    await memory.keep({ etag: 'b', text: 'short' })
    expect(await memory.read()).toEqual({ etag: 'b', text: 'short' })
    expect(await memory.etag()).toBe('b')
  })

  test('is there after the object was evicted', async () => {
    const memory = object()
    const text = 'é'.repeat(1_700_001)
    await memory.keep({ etag: 'long', text })
    await evictDurableObject(memory)
    expect(await memory.read()).toEqual({ etag: 'long', text })
  })

  test('is removed by its alarm, when nobody has asked for long', async () => {
    const memory = object()
    await memory.keep({ etag: 'a', text: 'x' })
    expect(await runDurableObjectAlarm(memory)).toBe(true)
    expect(await memory.read()).toBeNull()
    expect(await runDurableObjectAlarm(memory)).toBe(false)
  })

  test('costs a row each part and an alarm, and of the same again nothing', async () => {
    const rows: Rows = { read: 0, written: 0 }
    await runInDurableObject(object(), async (memory, state) => {
      countRowsOf(memory, state, rows)
      await memory.keep({ etag: 'a', text: 'x' })
      expect(rows.written).toBe(4)
      await memory.keep({ etag: 'a', text: 'x' })
      await memory.etag()
      await memory.read()
      expect(rows.written).toBe(4)
    })
  })

  test('is nothing that asking alone writes', async () => {
    const memory = object()
    expect(await memory.etag()).toBeNull()
    expect(await runDurableObjectAlarm(memory)).toBe(false)
  })
})

describe('a lease', () => {
  test('is extended only when less than half of it is left', async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] })
    let alarm: number | null = null
    const set: number[] = []
    const alarms = {
      getAlarm: async () => alarm,
      setAlarm: async (at: number | Date) => {
        alarm = Number(at)
        set.push(alarm)
      },
    }
    await extendLease(alarms, 2 * DAY_MS)
    vi.setSystemTime(1_000_000 + DAY_MS)
    await extendLease(alarms, 2 * DAY_MS)
    expect(set).toEqual([1_000_000 + 2 * DAY_MS])
    vi.setSystemTime(1_000_000 + DAY_MS + 1)
    await extendLease(alarms, 2 * DAY_MS)
    expect(set).toEqual([1_000_000 + 2 * DAY_MS, 1_000_001 + 3 * DAY_MS])
  })
})

test('an absence is noted once, and forgotten when it is over', async () => {
  const origin = object()
  expect(await origin.missed(1_000, 0)).toBe(1_000)
  expect(await origin.missed(2_000, 0)).toBe(1_000)
  await origin.seen()
  expect(await origin.missed(3_000, 0)).toBe(3_000)
})

test('an isolate that missed it earlier than another says so', async () => {
  const origin = object()
  expect(await origin.missed(5_000, 0)).toBe(5_000)
  expect(await origin.missed(4_000, 0)).toBe(4_000)
})

test('an absence that somebody saw the end of is over', async () => {
  const origin = object()
  expect(await origin.missed(10_000, 0)).toBe(10_000)
  expect(await origin.missed(15_000, 14_000)).toBe(15_000)
})
