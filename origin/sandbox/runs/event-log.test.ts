import { expect, it } from 'vitest'
import { eventLog } from './event-log.ts'

it('breaks a silence with heartbeats, which have no number', async () => {
  const log = eventLog(1)
  const reader = log.follow(0)
  expect((await reader.next()).value).toEqual({ type: 'heartbeat' })
  log.add({ type: 'progress', progress: 1 })
  log.end({ kind: 'refused', message: 'over' })
  const rest: unknown[] = []
  for await (const event of reader) if (event.type !== 'heartbeat') rest.push(event)
  expect(rest).toMatchObject([
    { type: 'progress', seq: 1 },
    { type: 'outcome', seq: 2 },
  ])
})

it('takes nothing after its end', async () => {
  const log = eventLog()
  log.end({ kind: 'refused', message: 'over' })
  log.add({ type: 'progress', progress: 1 })
  const reader = log.follow(0)
  expect((await reader.next()).value).toMatchObject({ type: 'outcome', seq: 1 })
  expect(await reader.next()).toEqual({ done: true, value: undefined })
})

it('drops an event that it has no room for, and goes on with the next', async () => {
  const log = eventLog()
  log.add({ type: 'log', level: 'info', data: 'x'.repeat(3_000_000) })
  log.add({ type: 'log', level: 'info', data: 'short' })
  log.end({ kind: 'refused', message: 'over' })
  const events: unknown[] = []
  for await (const event of log.follow(0)) events.push(event)
  expect(events).toMatchObject([
    { type: 'log', seq: 1, data: 'short' },
    { type: 'outcome', seq: 2 },
  ])
})
