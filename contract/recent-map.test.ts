import { expect, test } from 'vitest'
import { RecentMap } from './recent-map.ts'

test('it keeps so many, and forgets what was set the longest ago', () => {
  const map = new RecentMap<number>(2)
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4)
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ])
})

test('setting what is there forgets nothing', () => {
  const map = new RecentMap<number>(2)
  map.set('a', 1).set('b', 2).set('b', 3)
  expect([...map.keys()]).toEqual(['a', 'b'])
})
