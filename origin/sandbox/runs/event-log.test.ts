import { expect, it } from 'vitest'
import { linesOf, parse } from '../testing/lines.ts'
import { eventLog } from './event-log.ts'

it('breaks a silence with heartbeats, which have no number', async () => {
  const log = eventLog(1)
  const reader = log.follow(0)
  expect(parse((await reader.next()).value)).toEqual({ type: 'heartbeat' })
  log.add({ type: 'progress', progress: 1 })
  log.end({ kind: 'refused', message: 'over' })
  const rest = await linesOf(reader)
  expect(rest.filter(({ type }) => type !== 'heartbeat')).toMatchObject([
    { type: 'progress', seq: 1 },
    { type: 'outcome', seq: 2 },
  ])
})

it('takes nothing after its end', async () => {
  const log = eventLog()
  log.end({ kind: 'refused', message: 'over' })
  log.add({ type: 'progress', progress: 1 })
  const reader = log.follow(0)
  expect(parse((await reader.next()).value)).toMatchObject({ type: 'outcome', seq: 1 })
  expect(await reader.next()).toEqual({ done: true, value: undefined })
})

it('drops an event that it has no room for, and goes on with the next', async () => {
  const log = eventLog()
  log.add({ type: 'log', level: 'info', data: 'x'.repeat(3_000_000) })
  log.add({ type: 'log', level: 'info', data: 'short' })
  log.end({ kind: 'refused', message: 'over' })
  expect(await linesOf(log.follow(0))).toMatchObject([
    { type: 'log', seq: 1, data: 'short' },
    { type: 'outcome', seq: 2 },
  ])
})

it('holds what its readers get, and no values: they can take twenty times the memory', async () => {
  const log = eventLog()
  const value = Array.from({ length: 1_000 }, () => ({}))
  const stdout = { text: 'ü', bytes: 2, truncated: false }
  log.add({ type: 'log', level: 'info', data: value })
  log.end({ kind: 'ok', value, stdout, duration_ms: 1, isolation: null })
  const lines: unknown[] = []
  for await (const line of log.follow(0)) lines.push(line)
  expect(lines.every((line) => Buffer.isBuffer(line))).toBe(true)
  expect(log.bytes()).toBe(Buffer.concat(lines as Buffer[]).length)
})
