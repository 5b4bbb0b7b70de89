import { expect, test, vi } from 'vitest'
import { Place } from './place.ts'

test('who takes the place ends who had it, and only that one', () => {
  const place = new Place()
  const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()]
  const one = place.take(first)
  const two = place.take(second)
  expect(place.claim(one)).toBe(false)
  expect(place.claim(two)).toBe(true)
  expect([first, second].map((leave) => leave.mock.calls.length)).toEqual([1, 0])
  place.giveUp()
  place.giveUp()
  expect([first, second].map((leave) => leave.mock.calls.length)).toEqual([1, 1])
})

test('after all was forgotten, the newer stream has the place as soon as it claims it', () => {
  const before = new Place()
  const older = before.take(() => {})
  const newer = before.take(() => {})
  const place = new Place()
  expect(place.claim(older)).toBe(true)
  expect(place.claim(newer)).toBe(true)
  expect(place.claim(older)).toBe(false)
})

test('a stream that comes after all was forgotten is newer than those before', () => {
  const older = new Place().take(() => {})
  const place = new Place()
  vi.useFakeTimers({ now: older + 1 })
  const newer = place.take(() => {})
  vi.useRealTimers()
  expect(place.claim(older)).toBe(false)
  expect(place.claim(newer)).toBe(true)
})
