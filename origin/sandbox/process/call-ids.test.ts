import { describe, expect, it } from 'vitest'
import { callIds } from './call-ids.ts'

describe('the ids of calls', () => {
  it('are given to one at a time, and none when all are taken', () => {
    const ids = callIds(100, 3)
    expect([ids.take(), ids.take(), ids.take(), ids.take()]).toEqual([100, 101, 102, null])
  })

  it('rest as long as they can before they are given again', () => {
    const ids = callIds(100, 3)
    const first = ids.take()!
    ids.giveBack(first)
    expect([ids.take(), ids.take(), ids.take()]).toEqual([101, 102, first])
  })

  it('are still one each when one is given back twice', () => {
    const ids = callIds(100, 1)
    const only = ids.take()!
    ids.giveBack(only)
    ids.giveBack(only)
    expect([ids.take(), ids.take()]).toEqual([only, null])
  })
})
