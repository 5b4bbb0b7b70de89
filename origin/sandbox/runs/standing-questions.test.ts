import { afterEach, expect, it, vi } from 'vitest'
import type { Ask } from '#contract/asks.ts'
import { ASKING_MS, MAX_QUESTIONS_PER_CALL } from '#contract/limits.ts'
import { eventLog } from './event-log.ts'
import { standingQuestions } from './standing-questions.ts'

const ask = (key: string): Ask => ({ key, method: 'roots/list', params: {} })
const reply = (key: string, n: number) => ({ key, result: { n } })
const error = (message: string) => ({ error: { message: expect.stringContaining(message) } })

/** Places of which `free` are left. */
function places(free = 1) {
  return {
    free,
    take() {
      if (this.free === 0) return false
      this.free--
      return true
    },
    give() {
      this.free++
    },
  }
}

afterEach(() => {
  vi.useRealTimers()
})

it('is answered when each question is, by whatever number of replies', async () => {
  const questions = standingQuestions(eventLog(), places())
  const put = questions.put([ask('a'), ask('b')])
  questions.reply({ seq: 1, replies: [reply('b', 1)] })
  questions.reply({ seq: 1, replies: [reply('a', 2)] })
  expect(await put).toEqual([reply('b', 1), reply('a', 2)])
})

it('takes the first reply to a question, and none to what was not asked there', async () => {
  const questions = standingQuestions(eventLog(), places())
  const first = questions.put([ask('a')])
  const second = questions.put([ask('a'), ask('b')])
  questions.reply({ seq: 3, replies: [reply('a', 0)] })
  questions.reply({ seq: 2, replies: [reply('a', 1), reply('a', 2), reply('c', 3)] })
  questions.reply({ seq: 1, replies: [reply('a', 4)] })
  questions.reply({ seq: 1, replies: [reply('a', 5)] })
  questions.reply({ seq: 2, replies: [reply('b', 6)] })
  expect(await first).toEqual([reply('a', 4)])
  expect(await second).toEqual([reply('a', 1), reply('b', 6)])
})

it('is told of no room rather than left waiting for somebody who was not asked', async () => {
  const log = eventLog()
  for (let count = 0; count < 1_000; count++) log.add({ type: 'progress', progress: count })
  const all = places()
  expect(await standingQuestions(log, all).put([ask('a')])).toMatchObject([error('too much')])
  expect(all.free).toBe(1)
})

it('holds one place while anything stands, and none after that', async () => {
  const all = places()
  const questions = standingQuestions(eventLog(), all)
  const first = questions.put([ask('a')])
  const second = questions.put([ask('b')])
  expect(all.free).toBe(0)
  questions.reply({ seq: 1, replies: [reply('a', 1)] })
  await first
  expect(all.free).toBe(0)
  questions.reply({ seq: 2, replies: [reply('b', 1)] })
  await second
  expect(all.free).toBe(1)
})

it('is told so when every place to wait in is taken', async () => {
  const questions = standingQuestions(eventLog(), places(0))
  expect(await questions.put([ask('a')])).toMatchObject([error('too many calls wait')])
})

it('lets go of its place, and of who waits, when the run is over', async () => {
  const all = places()
  const questions = standingQuestions(eventLog(), all)
  const put = questions.put([ask('a')])
  questions.close()
  expect(await put).toMatchObject([error('in time')])
  expect(all.free).toBe(1)
})

it('answers for the client when that takes too long, and asks nothing more', async () => {
  vi.useFakeTimers()
  const questions = standingQuestions(eventLog(), places())
  const put = questions.put([ask('a'), ask('b')])
  questions.reply({ seq: 1, replies: [reply('b', 1)] })
  vi.advanceTimersByTime(ASKING_MS)
  expect(await put).toMatchObject([reply('b', 1), error('in time')])
  expect(await questions.put([ask('c')])).toMatchObject([error('in time')])
})

it('asks no more than a call may', async () => {
  const questions = standingQuestions(eventLog(), places())
  for (let seq = 1; seq <= MAX_QUESTIONS_PER_CALL; seq++) {
    const put = questions.put([ask('a')])
    questions.reply({ seq, replies: [reply('a', seq)] })
    expect(await put).toEqual([reply('a', seq)])
  }
  expect(await questions.put([ask('a')])).toMatchObject([error('may ask 50 questions')])
})
