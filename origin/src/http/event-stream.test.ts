import { expect, test } from 'vitest'
import { eventStream, type SentEvent } from './event-stream.ts'

const event = (id: number): SentEvent => ({ id, event: 'thing', data: { text: `a\nb ${id}` } })

test('each event is its id, its name and one line of JSON', async () => {
  async function* events() {
    yield event(1)
    yield event(2)
  }
  const response = eventStream(events(), new AbortController(), () => {})
  expect(await response.text()).toBe(
    ': hello\n\nid: 1\nevent: thing\ndata: {"text":"a\\nb 1"}\n\nid: 2\nevent: thing\ndata: {"text":"a\\nb 2"}\n\n',
  )
})

test('a reader who goes away while nothing happens ends the events, and is no fault', async () => {
  const stop = new AbortController()
  const faults: unknown[] = []
  const ended = Promise.withResolvers<void>()
  async function* events() {
    try {
      await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
      yield event(1)
    } finally {
      ended.resolve()
    }
  }
  const reader = eventStream(events(), stop, (fault) => faults.push(fault)).body!.getReader()
  await reader.read()
  const reading = reader.read()
  await reader.cancel()
  expect(await reading).toMatchObject({ done: true })
  await ended.promise
  expect(faults).toEqual([])
})

test('events that fail are reported, and the reader hears that it broke', async () => {
  const faults: unknown[] = []
  // oxlint-disable-next-line require-yield -- it fails before
  async function* events(): AsyncGenerator<SentEvent> {
    throw new Error('no database')
  }
  const response = eventStream(events(), new AbortController(), (fault) => faults.push(fault))
  await expect(response.text()).rejects.toThrow('no database')
  expect(faults).toMatchObject([{ message: 'no database' }])
})
