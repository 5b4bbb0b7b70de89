import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../testing/databases.ts'
import { pgSessionRecords } from './session-records.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const here = pgSessionRecords(replicas.here.db)
const there = pgSessionRecords(replicas.there.db)
const until = Date.now() + 60_000

test('of changes made at once, at any replica, none is lost', async () => {
  const uris = Array.from({ length: 20 }, (_, at) => `test://${at}`)
  await Promise.all(
    uris.map((uri, at) =>
      (at % 2 === 0 ? here : there).change(
        'busy',
        ({ subscriptions }) => ({ subscriptions: [...subscriptions, uri] }),
        until,
      ),
    ),
  )
  expect((await here.read('busy')).subscriptions.toSorted()).toEqual(uris.toSorted())
})

test('a change leaves an ended session ended', async () => {
  await here.write('over', { ended: true, level: null, subscriptions: [] }, until)
  await there.change('over', () => ({ ended: false, level: 'error' }), until)
  expect(await here.read('over')).toEqual({ ended: true, level: 'error', subscriptions: [] })
})
