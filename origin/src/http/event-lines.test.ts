import { afterEach, expect, test, vi } from 'vitest'
import { linesOf } from '../testing/tunnel.ts'
import { eventLines } from './event-lines.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A feed that tells when it was left, and what it did then. */
function feed(count: number, stop: AbortController) {
  const left = Promise.withResolvers<string>()
  async function* events() {
    try {
      for (let n = 1; n <= count; n++) yield { n }
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
    } finally {
      left.resolve('left')
    }
  }
  return { events: events(), left: left.promise }
}

test('a reader that goes away ends the feed, though that had more to tell', async () => {
  const stop = new AbortController()
  const faults: unknown[] = []
  const { events, left } = feed(100, stop)
  const response = eventLines(events, stop, (fault) => faults.push(fault))
  expect((await linesOf(response, 1))[0]).toEqual({ n: 1 })
  expect(await left).toBe('left')
  expect(stop.signal.aborted).toBe(true)
  expect(faults).toEqual([])
})

test('a reader that goes away ends a feed that waits', async () => {
  const stop = new AbortController()
  const { events, left } = feed(1, stop)
  await linesOf(
    eventLines(events, stop, () => {}),
    1,
  )
  expect(await left).toBe('left')
})

test('a silence is filled with heartbeats', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const stop = new AbortController()
  const reader = eventLines(feed(0, stop).events, stop, () => {}).body?.getReader()
  const line = reader?.read()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(new TextDecoder().decode((await line)?.value)).toBe('{"type":"heartbeat"}\n')
  await reader?.cancel()
  expect(vi.getTimerCount()).toBe(0)
})

test('a feed that breaks breaks the answer, and is reported', async () => {
  const faults: unknown[] = []
  const fault = new Error('the database went away')
  async function* events() {
    yield { n: 1 }
    throw fault
  }
  const response = eventLines(events(), new AbortController(), (it) => faults.push(it))
  await expect(linesOf(response)).rejects.toThrow('the database went away')
  expect(faults).toEqual([fault])
})
