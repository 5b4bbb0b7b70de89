import { afterAll, expect, inject, test } from 'vitest'
import { UNSEEN } from './domain/activity.ts'
import { endOldLogs } from './housekeeping.ts'
import { endOlderThan } from './storage/retention.ts'
import { openReplicas, sql } from './testing/databases.ts'
import { result, startEngine } from './testing/engines.ts'
import { ScriptedSandbox } from './testing/scripted-sandbox.ts'
import { approvedTool } from './testing/tools.ts'

const { here, there, ...database } = await openReplicas(inject('postgresUrl'))
afterAll(() => database[Symbol.asyncDispose]?.())
const DEFAULTS = { approval_policy: 'ask' as const, log_retention_days: 30 }

/** So many entries of activity that happened so many days ago. */
async function past(days: number, count: number): Promise<void> {
  await here.db.execute(sql`insert into activity (at, actor, action, subject, details)
    select now() - make_interval(days => ${days}), 'local', 'server.created', 'old', '{}'
    from generate_series(1, ${count})`)
}

async function kept(): Promise<number> {
  return (await here.stores.activity.page({ subject: 'old' }, { limit: 500 })).length
}

test('activity and executions end after the days that are set, and no sooner', async () => {
  const { wire } = await approvedTool(here)
  const { engine } = startEngine(here, new ScriptedSandbox())
  await result(engine, wire, { city: 'Bern' })
  await result(engine, wire, { city: 'Chur' })
  await here.db.execute(sql`update executions set started_at = now() - interval '31 days'
    where id = (select id from executions limit 1)`)
  await past(31, 3)
  await past(29, 2)
  expect(await endOldLogs(here.db, here.stores, DEFAULTS)).toEqual({ activity: 3, executions: 1 })
  expect(await kept()).toBe(2)
  expect(await here.stores.executions.recent({ limit: 5 })).toHaveLength(1)

  await here.stores.settings.set('log_retention_days', '28')
  expect(await endOldLogs(there.db, there.stores, DEFAULTS)).toEqual({ activity: 2, executions: 0 })
  expect(await kept()).toBe(0)
  await engine[Symbol.asyncDispose]()
})

test('replicas that end at once end each row once, in batches', async () => {
  await past(40, 95)
  const time = new Date(Date.now() - 30 * 24 * 3600 * 1000)
  const ended = await Promise.all([here, there, here].map(({ db }) => endOlderThan(db, time, 10)))
  expect(ended.reduce((sum, { activity }) => sum + activity, 0)).toBe(95)
  expect(await kept()).toBe(0)
})

test('the newest is known even when everything has ended', async () => {
  const before = await here.stores.activity.newest()
  await here.stores.activity.record({
    ...UNSEEN,
    actor: 'local',
    action: 'server.created',
    subject: 'new',
  })
  expect(await here.stores.activity.newest()).toBeGreaterThan(before)
})
