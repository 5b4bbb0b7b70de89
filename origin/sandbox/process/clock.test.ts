import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { clock } from './clock.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('is late when it has run for its limit, however often it was stopped', () => {
  const late = vi.fn<() => void>()
  const span = clock(1_000, late)
  span.start()
  vi.advanceTimersByTime(600)
  expect(span.stop()).toBe(600)
  vi.advanceTimersByTime(60_000)
  span.start()
  vi.advanceTimersByTime(399)
  expect(late).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(late).toHaveBeenCalledOnce()
  expect(span.stop()).toBe(1_000)
})

it('runs once when it is started twice, and tells the same when it is stopped twice', () => {
  const late = vi.fn<() => void>()
  const span = clock(1_000, late)
  span.start()
  span.start()
  vi.advanceTimersByTime(500)
  expect([span.stop(), span.stop()]).toEqual([500, 500])
  vi.advanceTimersByTime(5_000)
  expect(late).not.toHaveBeenCalled()
})
