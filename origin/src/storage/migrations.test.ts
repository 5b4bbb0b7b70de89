import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate as apply } from 'drizzle-orm/pglite/migrator'
import { afterAll, expect, test, vi } from 'vitest'
import { askedWords } from '../domain/finding/asked-words.ts'
import { assertApproved } from '../domain/tools/callable.ts'
import { EXTENSIONS } from './embedded.ts'
import { migrate, migrationsFolder } from './migrate.ts'
import { pgToolIndex } from './tool-index.ts'
import { pgToolStore } from './tool-store.ts'

// Each opens a database and applies every migration to it.
vi.setConfig({ testTimeout: 60_000 })

const cleanUp = new AsyncDisposableStack()
afterAll(() => cleanUp.disposeAsync())

/** A database as an earlier MCPbox left it. */
async function databaseUpTo(...names: string[]) {
  const some = await mkdtemp(join(tmpdir(), 'mcpbox-migrations-'))
  cleanUp.defer(() => rm(some, { recursive: true }))
  for (const name of names)
    await cp(join(migrationsFolder, name), join(some, name), { recursive: true })
  const client = new PGlite({ extensions: EXTENSIONS })
  cleanUp.defer(() => client.close())
  const db = drizzle({ client })
  await apply(db, { migrationsFolder: some })
  return db
}

const ID = '00000000-0000-4000-8000-000000000001'
const ANNOTATIONS =
  '{"readOnlyHint":false,"destructiveHint":true,"idempotentHint":false,"openWorldHint":true}'
const SCHEMA = '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}'
const CODE = 'async def main(city: str) -> dict:\n    return {"city": city}\n'

/** Approves a version that `insert` stores, in a database as it was then. */
async function approved(
  db: Awaited<ReturnType<typeof databaseUpTo>>,
  hash: string,
  insert: SQL,
): Promise<void> {
  await db.execute(sql`insert into servers (id, name, description, created_by)
    values (${ID}, 'weather', '', 'local')`)
  await db.execute(sql`insert into tools (id, server_id, name, created_by)
    values (${ID}, ${ID}, 'forecast', 'local')`)
  await db.execute(insert)
  await db.execute(sql`insert into admins (id, username, password_hash) values (${ID}, 'ada', '')`)
  await db.execute(sql`insert into approvals
    (id, version_id, hash, state, requested_by, notes, decided_by, decided_at)
    values (${ID}, ${ID}, ${hash}, 'approved', 'local', '', ${ID}, now())`)
  await db.execute(sql`update versions set state = 'live', approval_id = ${ID}`)
}

test('a tool approved before there were languages and packages is a Python tool, still approved', async () => {
  const db = await databaseUpTo('20261121093019_main_line')
  const hash = '490fb9b906cdbeea20e3ac177bc7b5d2c59119cbad23533c2a7b2a77c491eeba'
  await approved(
    db,
    hash,
    sql`insert into versions
    (id, tool_id, number, state, hash, hash_format, description, code, input_schema, annotations, manifest, timeout_ms, created_by)
    values (${ID}, ${ID}, 1, 'draft', ${hash}, 1, 'Tells the weather.', ${CODE}, ${SCHEMA}, ${ANNOTATIONS},
      '{"hosts":[],"modules":[],"secrets":[]}', 30000, 'local')`,
  )

  await migrate(db)

  const tools = pgToolStore(db)
  const live = await tools.liveAt('tool', 'weather__forecast')
  if (live === null) throw new Error('the tool is not live any more')
  expect(live.version).toMatchObject({
    language: 'python',
    moduleLock: null,
    manifest: { packages: [] },
  })
  assertApproved(live)
  const found = await pgToolIndex(db).search(askedWords('the weather in a city'), {
    limit: 5,
    own: [],
  })
  expect(found.map(({ name }) => name)).toEqual(['weather__forecast'])
})

test('a tool approved before calls could wait does not let them, and is still approved', async () => {
  const all = (await readdir(migrationsFolder)).toSorted()
  const before = all.slice(0, all.indexOf('20261128075916_queue_when_away'))
  const db = await databaseUpTo(...before)
  const hash = '184cb953e3a98b2124525af8d418ed4de3dd0a09e859aa2facd85c5674747d13'
  await approved(
    db,
    hash,
    sql`insert into versions
    (id, tool_id, number, state, hash, hash_format, kind, address, description, language, code, input_schema, annotations, manifest, timeout_ms, created_by)
    values (${ID}, ${ID}, 1, 'draft', ${hash}, 2, 'tool', 'weather__forecast', 'Tells the weather.', 'python', ${CODE}, ${SCHEMA}, ${ANNOTATIONS},
      '{"hosts":[],"modules":[],"packages":[],"secrets":[]}', 30000, 'local')`,
  )

  await migrate(db)

  const live = await pgToolStore(db).liveAt('tool', 'weather__forecast')
  if (live === null) throw new Error('the tool is not live any more')
  expect(live.version.queueWhenAway).toBe(false)
  assertApproved(live)
})
