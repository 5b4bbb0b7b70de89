import { beforeEach, expect, test } from 'vitest'
import { CircuitBreaker, CircuitOpen } from './circuit-breaker.ts'

let now: number
let isThere: boolean
let trials: number
let states: string[]
let breaker: CircuitBreaker

const away = () => breaker.guard(() => Promise.reject(new Error('away')))
const works = () => breaker.guard(async () => 'done')

beforeEach(() => {
  now = 0
  isThere = false
  trials = 0
  states = []
  breaker = new CircuitBreaker({
    settings: { failures: 5, recoveryMs: 60_000 },
    trial: async () => {
      trials++
      if (!isThere) throw new Error('still away')
    },
    isFailure: (fault) => !(fault instanceof RangeError),
    changed: (state) => states.push(state),
    now: () => now,
  })
})

async function opened() {
  for (let times = 0; times < 5; times++) await expect(away()).rejects.toThrow('away')
}

test('five failures in a row open it, and nothing is tried any more', async () => {
  for (let times = 0; times < 4; times++) await expect(away()).rejects.toThrow('away')
  expect(breaker.health).toMatchObject({ state: 'closed', failures: 4, retry_in_s: null })
  await expect(away()).rejects.toThrow('away')
  expect(breaker.health).toMatchObject({ state: 'open', failures: 5, retry_in_s: 60 })
  let tried = false
  const tries = breaker.guard(async () => {
    tried = true
  })
  await expect(tries).rejects.toMatchObject({ failures: 5, retryInMs: 60_000 })
  expect({ tried, trials }).toEqual({ tried: false, trials: 0 })
})

test('a success between failures starts the count anew', async () => {
  for (let times = 0; times < 4; times++) await expect(away()).rejects.toThrow('away')
  await works()
  for (let times = 0; times < 4; times++) await expect(away()).rejects.toThrow('away')
  expect(breaker.health.state).toBe('closed')
})

test('what speaks of what was asked, and not of the part, is no failure', async () => {
  for (let times = 0; times < 10; times++)
    await expect(breaker.guard(() => Promise.reject(new RangeError('no')))).rejects.toThrow('no')
  expect(breaker.health).toMatchObject({ state: 'closed', failures: 0 })
})

test('work that was stopped says nothing of the part', async () => {
  const stop = AbortSignal.abort()
  for (let times = 0; times < 10; times++)
    await expect(breaker.guard(() => Promise.reject(new Error('x')), stop)).rejects.toThrow('x')
  expect(breaker.health).toMatchObject({ state: 'closed', failures: 0 })
})

test('after a minute one trial decides for all who wait, and one success closes it', async () => {
  await opened()
  now = 59_999
  await expect(works()).rejects.toThrow(CircuitOpen)
  now = 60_000
  expect(breaker.health.state).toBe('half_open')
  isThere = true
  expect(await Promise.all([works(), works(), works()])).toEqual(['done', 'done', 'done'])
  expect(trials).toBe(1)
  expect(breaker.health).toMatchObject({ state: 'closed', failures: 0 })
  expect(states).toEqual(['open', 'half_open', 'closed'])
})

test('a trial that fails opens it for another minute, and the work is not tried', async () => {
  await opened()
  now = 60_000
  await expect(works()).rejects.toThrow(CircuitOpen)
  expect(breaker.health).toMatchObject({ state: 'open', retry_in_s: 60 })
  await expect(works()).rejects.toThrow(CircuitOpen)
  expect(trials).toBe(1)
})

test('what has begun is followed to its end while it is open', async () => {
  await opened()
  expect(await breaker.follow(async () => 'its end')).toBe('its end')
})

test('a reset closes it at once', async () => {
  await opened()
  breaker.reset()
  expect(breaker.health).toMatchObject({ state: 'closed', failures: 0, retry_in_s: null })
  expect(await works()).toBe('done')
})
