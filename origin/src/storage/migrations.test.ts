import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate as apply } from 'drizzle-orm/pglite/migrator'
import { afterEach, expect, test } from 'vitest'
import { askedWords } from '../domain/finding/asked-words.ts'
import { assertApproved } from '../domain/tools/callable.ts'
import { EXTENSIONS } from './embedded.ts'
import { migrate, migrationsFolder } from './migrate.ts'
import { pgToolIndex } from './tool-index.ts'
import { pgToolStore } from './tool-store.ts'

const cleanUp = new AsyncDisposableStack()
afterEach(() => cleanUp.disposeAsync())

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

test('a tool approved before there were languages and packages is a Python tool, still approved', async () => {
  const db = await databaseUpTo('20261121093019_main_line')
  const hash = '490fb9b906cdbeea20e3ac177bc7b5d2c59119cbad23533c2a7b2a77c491eeba'
  const id = '00000000-0000-4000-8000-000000000001'
  await db.execute(sql`insert into servers (id, name, description, created_by)
    values (${id}, 'weather', '', 'local')`)
  await db.execute(sql`insert into tools (id, server_id, name, created_by)
    values (${id}, ${id}, 'forecast', 'local')`)
  await db.execute(sql`insert into versions
    (id, tool_id, number, state, hash, hash_format, description, code, input_schema, annotations, manifest, timeout_ms, created_by)
    values (${id}, ${id}, 1, 'draft', ${hash}, 1, 'Tells the weather.',
      ${'async def main(city: str) -> dict:\n    return {"city": city}\n'},
      '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
      '{"readOnlyHint":false,"destructiveHint":true,"idempotentHint":false,"openWorldHint":true}',
      '{"hosts":[],"modules":[],"secrets":[]}', 30000, 'local')`)
  await db.execute(sql`insert into admins (id, username, password_hash) values (${id}, 'ada', '')`)
  await db.execute(sql`insert into approvals
    (id, version_id, hash, state, requested_by, notes, decided_by, decided_at)
    values (${id}, ${id}, ${hash}, 'approved', 'local', '', ${id}, now())`)
  await db.execute(sql`update versions set state = 'live', approval_id = ${id}`)

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
}, 60_000)
