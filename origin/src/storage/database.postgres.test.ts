import { sql } from 'drizzle-orm'
import { expect, inject, test, vi } from 'vitest'
import { z } from 'zod'
import { freshDatabase, openReplica, statement } from '../testing/databases.ts'
import { approvedTool } from '../testing/tools.ts'
import { openDatabase } from './database.ts'
import { DEFAULT_POOL } from './pool.ts'

const serverUrl = inject('postgresUrl')
const open = (url: string, onFault: (fault: unknown) => void = () => {}) =>
  openDatabase({ url, folder: '', pool: { ...DEFAULT_POOL, size: 2, overflow: 0 }, onFault })

test('four replicas that open a new database at once all succeed', async () => {
  await using database = await freshDatabase(serverUrl)
  const opened = await Promise.all([1, 2, 3, 4].map(() => open(database.url)))
  for (const { db } of opened)
    expect(await db.execute(sql`select count(*)::int as n from versions`)).toMatchObject({
      rows: [{ n: 0 }],
    })
  await Promise.all(opened.map((one) => one[Symbol.asyncDispose]()))
})

test('opening a database with data in it again keeps the data', async () => {
  await using database = await freshDatabase(serverUrl)
  const first = await openReplica(database.url)
  const { version, wire } = await approvedTool(first)
  await first[Symbol.asyncDispose]()
  const again = await openReplica(database.url)
  expect(await again.stores.tools.version(version.id)).toEqual({ ...version })
  expect((await again.stores.tools.live(['tool'])).map(({ id }) => id)).toEqual([version.id])
  expect(wire).toContain(version.server)
  await again[Symbol.asyncDispose]()
})

test('a migration that fails leaves nothing behind, neither tables nor connections', async () => {
  await using database = await freshDatabase(serverUrl)
  await statement(database.url, 'create table versions (n int)')
  await expect(open(database.url)).rejects.toThrow(/Failed query/)
  await statement(database.url, 'drop table versions')
  const database2 = await open(database.url)
  await database2[Symbol.asyncDispose]()
})

test('a server that is not there is a failure that names why', async () => {
  await expect(open('postgres://nobody@127.0.0.1:1/nothing')).rejects.toThrow(/ECONNREFUSED/)
})

test('the label tells where the database is, and not with which password', async () => {
  await using database = await freshDatabase(serverUrl)
  const url = new URL(database.url)
  url.password = 'hunter2'
  const opened = await open(url.href)
  expect(opened.label).toBe(`PostgreSQL at ${url.searchParams.get('host')}${url.pathname}`)
  await opened[Symbol.asyncDispose]()
})

test('a listener whose connection broke is told to look for itself, and hears again', async () => {
  await using database = await freshDatabase(serverUrl)
  const { db, notices, ...opened } = await open(database.url)
  let heard = Promise.withResolvers<string | null>()
  using _listening = notices.on('mcpbox_cancel', (about) => heard.resolve(about))
  const listeners = sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`
  await db.execute(listeners)
  expect(await heard.promise).toBeNull()
  heard = Promise.withResolvers()
  await db.execute(sql`select pg_notify('mcpbox_cancel', 'an operation')`)
  expect(await heard.promise).toBe('an operation')
  await opened[Symbol.asyncDispose]()
})

test('a connection that breaks while a unit of work has it ends that work, and not the process', async () => {
  await using database = await freshDatabase(serverUrl)
  const faults: unknown[] = []
  await using opened = await open(database.url, (fault) => faults.push(fault))
  const work = opened.db.transaction(async (tx) => {
    const own = await tx.execute(sql`select pg_backend_pid() as pid`)
    const { pid } = z.object({ rows: z.tuple([z.object({ pid: z.int() })]) }).parse(own).rows[0]
    await statement(serverUrl, `select pg_terminate_backend(${pid})`)
    await vi.waitFor(() => expect(faults).not.toEqual([]))
    await tx.execute(sql`select 1`)
  })
  await expect(work).rejects.toThrow(/Failed query|rollback|terminated/i)
  expect(await opened.db.execute(sql`select 1 as one`)).toMatchObject({ rows: [{ one: 1 }] })
})
