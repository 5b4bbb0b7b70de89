import { expect, test } from 'vitest'
import type { Withdrawal } from '#contract/withdrawal.ts'
import type { NoticeBoard } from '../notices.ts'
import { GrantWatch } from './watch.ts'

const LINE: Withdrawal = { kind: 'host', value: 'a.example', in_ms: 0 }

/** A watch whose notices the test sends, and what it told the sandbox. */
function watching() {
  const heard: (() => void)[] = []
  const notices: NoticeBoard = {
    on(_channel, listener) {
      heard.push(() => listener(''))
      return { [Symbol.dispose]: () => undefined }
    },
  }
  const told: string[] = []
  const told1 = Promise.withResolvers<void>()
  const sandbox = {
    async withdraw(runId: string) {
      told.push(runId)
      told1.resolve()
    },
  }
  const faults: unknown[] = []
  const watch = new GrantWatch(notices, sandbox, (fault) => void faults.push(fault))
  return {
    watch,
    told,
    first: told1.promise,
    faults,
    change: () => heard.forEach((hear) => hear()),
  }
}

test('a change between reading what is granted and following the run is not missed', async () => {
  const { watch, told, first, change } = watching()
  const seen = watch.epoch
  change()
  using _run = watch.follow({ runId: 'a', ends: async () => [LINE] }, seen)
  await first
  expect(told).toEqual(['a'])
})

test('without a change nothing is read', () => {
  const { watch } = watching()
  let reads = 0
  const ends = async () => {
    reads++
    return [LINE]
  }
  using _run = watch.follow({ runId: 'a', ends }, watch.epoch)
  expect(reads).toBe(0)
})

test('a change while another is looked at is looked at after it', async () => {
  const { watch, told, change } = watching()
  const reading = [Promise.withResolvers<Withdrawal[]>(), Promise.withResolvers<Withdrawal[]>()]
  const second = Promise.withResolvers<void>()
  let reads = 0
  const ends = () => {
    const read = reading[reads++]
    if (reads === 2) second.resolve()
    return read?.promise ?? Promise.resolve([])
  }
  using _run = watch.follow({ runId: 'a', ends }, watch.epoch)
  change()
  change()
  expect(reads).toBe(1)
  reading[0]?.resolve([])
  await second.promise
  expect(told).toEqual([])
  reading[1]?.resolve([LINE])
})

test('a run that is over is not told of anything', () => {
  const { watch, change } = watching()
  let reads = 0
  const ends = async () => {
    reads++
    return [LINE]
  }
  watch.follow({ runId: 'a', ends }, watch.epoch)[Symbol.dispose]()
  change()
  expect(reads).toBe(0)
})
