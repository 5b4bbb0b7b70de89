import { expect, it } from 'vitest'
import { floodGate, LARGE_MESSAGES } from './flood.ts'
import type { Message } from './message.ts'

const PROGRESS = { type: 'progress', progress: 1 } as const
const BODY = { type: 'http.body', id: 1, data: '', last: false } as const
const QUESTION = {
  type: 'ask',
  id: 1,
  asks: [{ key: 'a', method: 'roots/list', params: {} }],
} satisfies Message

it('is more events than a log keeps, twice', () => {
  const within = floodGate()
  for (let count = 0; count < 2_000; count++) expect(within(PROGRESS, 40, 0)).toBe(true)
  expect(within(PROGRESS, 40, 0)).toBe(false)
})

it('is more bytes than a log keeps, twice', () => {
  const within = floodGate()
  for (let count = 0; count < 20; count++) expect(within(PROGRESS, 100_000, 0)).toBe(true)
  expect(within(PROGRESS, 1, 0)).toBe(false)
})

it('is no upload, but one in crumbs', () => {
  const upload = floodGate()
  for (let count = 1; count <= 20_000; count++) {
    expect(upload(BODY, 65_600, count * 65_536)).toBe(true)
  }
  const crumbs = floodGate()
  for (let count = 1; count <= 10_000; count++) expect(crumbs(BODY, 60, count * 4)).toBe(true)
  expect(Array.from({ length: 100 }, () => crumbs(BODY, 60, 40_000))).toContain(false)
})

it('is a large message, unless it is a question', () => {
  expect(floodGate()(PROGRESS, LARGE_MESSAGES.bytes + 1, 0)).toBe(false)
  expect(floodGate()(QUESTION, 1_000_000, 0)).toBe(true)
})
