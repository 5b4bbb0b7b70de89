import { expect, it } from 'vitest'
import type { Ask } from '#contract/asks.ts'
import { eventLog } from './event-log.ts'
import { standingQuestions } from './standing-questions.ts'

const ask = (key: string): Ask => ({ key, method: 'roots/list', params: {} })
const reply = (key: string, n: number) => ({ key, result: { n } })

it('is answered when each question is, by whatever number of replies', async () => {
  const questions = standingQuestions(eventLog())
  const put = questions.put([ask('a'), ask('b')])
  questions.reply({ seq: 1, replies: [reply('b', 1)] })
  questions.reply({ seq: 1, replies: [reply('a', 2)] })
  expect(await put).toEqual([reply('b', 1), reply('a', 2)])
})

it('takes the first reply to a question, and none to what was not asked there', async () => {
  const questions = standingQuestions(eventLog())
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
  expect(await standingQuestions(log).put([ask('a')])).toMatchObject([
    { key: 'a', error: { code: -32603 } },
  ])
})
