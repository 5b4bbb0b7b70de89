import { afterAll, expect, inject, test, vi } from 'vitest'
import { UNSEEN, type ActivityFilter } from '../domain/activity.ts'
import { activityFeed } from '../domain/activity-feed.ts'
import type { Stores } from '../domain/stores.ts'
import { openReplicas, sql } from '../testing/databases.ts'
import { pgActivityStore } from './activity-store.ts'

const { here, there, ...database } = await openReplicas(inject('postgresUrl'))
afterAll(() => database[Symbol.asyncDispose]?.())

const said = (subject: string, actor = 'local') => ({
  ...UNSEEN,
  actor,
  action: 'server.created' as const,
  subject,
})

async function taken<T>(feed: AsyncIterable<T>, count: number): Promise<T[]> {
  const seen: T[] = []
  for await (const one of feed) if (seen.push(one) === count) break
  return seen
}

test.each([
  ['changed', sql`update activity set actor = 'nobody'`],
  ['taken back', sql`delete from activity`],
  ['emptied', sql`truncate activity`],
])('activity cannot be %s', async (_what, statement) => {
  await here.stores.activity.record(said('kept'))
  await expect(here.db.execute(statement)).rejects.toMatchObject({
    cause: { constraint: 'activity_append_only' },
  })
})

test('not even the job that ends what is old can end what is a day old', async () => {
  await here.stores.activity.record(said('young'))
  const attempt = here.db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('mcpbox.retention', 'on', true)`)
    await tx.execute(sql`delete from activity`)
  })
  await expect(attempt).rejects.toMatchObject({ cause: { constraint: 'activity_append_only' } })
})

test('a unit of work that fails leaves no activity, one that is kept leaves all of it in order', async () => {
  const before = await here.stores.activity.newest()
  const failing = here.within(async ({ activity }) => {
    await activity.record(said('never'))
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await here.within(async ({ activity }) => {
    await activity.record(said('first'))
    await activity.record(said('second'))
  })
  const range = { after: before, upTo: await here.stores.activity.newest(), limit: 10 }
  const kept = await here.stores.activity.between({}, range)
  expect(kept.map(({ subject }) => subject)).toEqual(['first', 'second'])
})

test('who has seen a number has seen all below it, however units of work overlap', async () => {
  const first = await there.stores.activity.newest()
  const count = 120
  const stop = new AbortController()
  const feed = activityFeed(there.stores.activity, there.notices, {}, first, stop.signal)
  const seen = taken(feed, count)
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      (n % 2 === 0 ? here : there).within(async (stores: Stores) => {
        await stores.activity.record(said(`overlapping ${n}`))
        await stores.principals.note(`user:${n % 5}`, 'somebody')
      }),
    ),
  )
  const entries = await seen
  expect(new Set(entries.map(({ subject }) => subject)).size).toBe(count)
  expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).toSorted((a, b) => a - b))
})

test('nothing is numbered above what is not kept yet', async () => {
  const before = await here.stores.activity.newest()
  const waiting = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`
  let second: Promise<void> | undefined
  await here.db.transaction(async (tx) => {
    await pgActivityStore(tx).record(said('first'))
    second = there.stores.activity.record(said('second'))
    await vi.waitFor(async () => expect(await tx.execute(waiting)).toMatchObject({ rows: [{}] }))
    expect(await there.stores.activity.newest()).toBe(before)
  })
  await second
  const range = { after: before, upTo: await here.stores.activity.newest(), limit: 10 }
  const kept = await here.stores.activity.between({}, range)
  expect(kept.map(({ subject }) => subject)).toEqual(['first', 'second'])
})

test('what happens at one replica is told at another, from where its reader was', async () => {
  const stop = new AbortController()
  const after = await here.stores.activity.newest()
  await there.stores.activity.record(said('missed'))
  const feed = activityFeed(here.stores.activity, here.notices, {}, after, stop.signal)
  expect(await feed.next()).toMatchObject({ value: { subject: 'missed' } })
  const next = feed.next()
  await there.stores.activity.record(said('live'))
  expect(await next).toMatchObject({ value: { subject: 'live' } })
  stop.abort()
  expect(await feed.next()).toMatchObject({ done: true })
})

test('a feed tells what was asked for only, and passes by the rest', async () => {
  const stop = new AbortController()
  const filter = { actor: 'user:ada' }
  const after = await here.stores.activity.newest()
  const feed = activityFeed(here.stores.activity, here.notices, filter, after, stop.signal)
  const next = feed.next()
  for (let n = 0; n < 150; n++) await here.stores.activity.record(said(`other ${n}`))
  await here.stores.activity.record(said('hers', 'user:ada'))
  expect(await next).toMatchObject({ value: { subject: 'hers' } })
  stop.abort()
})

test.each<[ActivityFilter, string[]]>([
  [{ action: 'secret' }, ['s/A_B', 's/A']],
  [{ action: 'secret.set' }, ['s/A']],
  [{ action: 'sec' }, []],
  [{ actor: 'admin:ada' }, ['s/A_B', 's/A']],
  [{ subject: 's/A' }, ['s/A']],
  [{ text: 'a_b' }, ['s/A_B']],
  [{ text: '100%' }, ['tool']],
  [{ text: '\\' }, []],
  [{ requestId: 'request-7' }, ['tool']],
  [{ until: new Date(0) }, []],
])('%j finds what it says', async (filter, subjects) => {
  const { activity } = here.stores
  const before = await activity.newest()
  const ada = { ...UNSEEN, actor: 'admin:ada' }
  await activity.record({ ...ada, action: 'secret.set', subject: 's/A' })
  await activity.record({ ...ada, action: 'secret.removed', subject: 's/A_B' })
  await activity.record({
    ...UNSEEN,
    actor: 'local',
    requestId: 'request-7',
    action: 'execution.ended',
    subject: 'tool',
    details: { reason: '100% sure' },
  })
  const found = await activity.page(filter, { limit: 500 })
  expect(found.filter(({ id }) => id > before).map(({ subject }) => subject)).toEqual(subjects)
})
