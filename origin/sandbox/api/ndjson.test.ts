import { expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { eventLog } from '../runs/event-log.ts'
import { ndjson } from './ndjson.ts'

const DONE: Outcome = { kind: 'refused', message: 'done' }
const LOG = '{"type":"log","level":"info","data":"begun","seq":1}\n'
const OUTCOME = `{"type":"outcome","seq":2,"outcome":${JSON.stringify(DONE)}}\n`

function begun() {
  const log = eventLog()
  log.add({ type: 'log', level: 'info', data: 'begun' })
  return log
}

it('what has ended is answered in one piece', async () => {
  const log = begun()
  log.end(DONE)
  const reader = (await ndjson(log.follow(0))).body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(LOG + OUTCOME)
  expect(await reader.read()).toMatchObject({ done: true })
})

it('what goes on is answered as it comes', async () => {
  const log = begun()
  const reader = (await ndjson(log.follow(0))).body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(LOG)
  log.end(DONE)
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(OUTCOME)
  expect(await reader.read()).toMatchObject({ done: true })
})

it('a reader that leaves ends its reading, not the log', async () => {
  const log = begun()
  const response = await ndjson(log.follow(0))
  const leaving = response.body!.cancel()
  log.end(DONE)
  await leaving
  expect(await (await ndjson(log.follow(0))).text()).toBe(LOG + OUTCOME)
})

it('a silent run is answered, though nothing is said yet', async () => {
  const log = eventLog()
  const response = await ndjson(log.follow(0))
  log.end(DONE)
  expect(await response.text()).toContain('"outcome"')
})
