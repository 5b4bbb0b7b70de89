import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, expect, inject, test, vi } from 'vitest'
import type { Name, SecretName } from '#contract/names.ts'
import { freshDatabase, sql } from '../testing/databases.ts'
import { aesCipher, type Cipher } from './cipher.ts'
import { openDatabase } from './database.ts'
import { DEFAULT_POOL } from './pool.ts'
import { DoesNotOpen, reseal } from './reseal.ts'
import { SEALED_COLUMNS } from './sealed-values.ts'
import { pgStores, pgWithin } from './stores.ts'

const OLD = '0a'.repeat(32)
const NEW = '0b'.repeat(32)
const WRONG = '0c'.repeat(32)
const SECRETS = 25
const PROGRAM = fileURLToPath(new URL('../testing/resealing.ts', import.meta.url))

const scratch = await freshDatabase(inject('postgresUrl'))
const database = await openDatabase({
  url: scratch.url,
  folder: '',
  pool: { ...DEFAULT_POOL, size: 4, overflow: 0 },
  onFault: () => {},
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await scratch[Symbol.asyncDispose]()
})
const { db } = database
const server = 'bank' as Name
const nameOf = (n: number) => `KEY_${n}` as SecretName
let toolId = ''
const names = Array.from({ length: SECRETS }, (_, n) => nameOf(n))

const storesWith = (cipher: Cipher) => pgStores(db, cipher)

beforeEach(async () => {
  await db.execute(sql`truncate secrets, settings, servers cascade`)
  const { tools, secrets, settings } = storesWith(aesCipher(OLD))
  const serverId = await tools.addServer({ name: server, description: '', createdBy: 'local' })
  toolId = await tools.addTool({ serverId, name: 'pay' as Name, createdBy: 'local' })
  for (const name of names) await secrets.set(serverId, name, `value of ${name}`, 'local')
  await secrets.declare(serverId, { name: nameOf(SECRETS), description: '', by: 'local' })
  await settings.set('session_key', 'the session key')
  await settings.set('tunnel_keys', '{"current":1}')
})

/** What opens with a ring of keys: the secrets that have a value, and two settings. */
async function read(cipher: Cipher) {
  const { secrets, settings } = storesWith(cipher)
  return {
    secrets: [...(await secrets.values(toolId, names)).values()],
    settings: [await settings.get('session_key'), await settings.get('tunnel_keys')],
  }
}

const EVERYTHING = {
  secrets: expect.arrayContaining(names.map((name) => `value of ${name}`)),
  settings: ['the session key', '{"current":1}'],
}

async function sealedBytes(): Promise<unknown> {
  const { rows } = (await db.execute(
    sql`select encode(sealed, 'hex') from secrets union all select encode(sealed, 'hex') from settings`,
  )) as { rows: unknown[] }
  return rows
}

test('afterwards everything opens with the new key alone, and nothing with the old one', async () => {
  const done = await reseal(db, { from: [OLD], to: NEW, dryRun: false })
  expect(done).toEqual([
    { table: 'settings', sealedAnew: 2, already: 0 },
    { table: 'secrets', sealedAnew: SECRETS, already: 0 },
  ])
  expect(await read(aesCipher(NEW))).toEqual(EVERYTHING)
  await expect(read(aesCipher(OLD))).rejects.toThrow('another MCPBOX_ENCRYPTION_KEY')
})

test('what the new key has sealed already is left as it is, also by a second time', async () => {
  await storesWith(aesCipher(NEW, [OLD])).settings.set('session_key', 'the session key')
  const first = await reseal(db, { from: [OLD], to: NEW, dryRun: false })
  expect(first[0]).toEqual({ table: 'settings', sealedAnew: 1, already: 1 })
  const bytes = await sealedBytes()
  const second = await reseal(db, { from: [OLD], to: NEW, dryRun: false })
  expect(second.map(({ sealedAnew }) => sealedAnew)).toEqual([0, 0])
  expect(await sealedBytes()).toEqual(bytes)
})

test.each([1, 14, SECRETS + 2])(
  'killed after %d values were written it has changed nothing, and is done by running again',
  async (stand) => {
    const bytes = await sealedBytes()
    const program = spawn(process.execPath, [PROGRAM, scratch.url, '', OLD, NEW, String(stand)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(program, 'exit')
    let written = 0
    for await (const line of createInterface({ input: program.stdout })) {
      expect(line).toBe('written')
      if (++written === stand) program.kill('SIGKILL')
    }
    await exited
    expect(program.signalCode).toBe('SIGKILL')
    expect(await sealedBytes()).toEqual(bytes)
    expect(await read(aesCipher(OLD))).toEqual(EVERYTHING)
    await reseal(db, { from: [OLD], to: NEW, dryRun: false })
    expect(await read(aesCipher(NEW))).toEqual(EVERYTHING)
  },
)

test('a wrong old key is told before anything is touched', async () => {
  const bytes = await sealedBytes()
  const attempt = reseal(db, { from: [WRONG], to: NEW, dryRun: false })
  await expect(attempt).rejects.toThrow(DoesNotOpen)
  await expect(attempt).rejects.toThrow('settings/session_key. Nothing was changed.')
  expect(await sealedBytes()).toEqual(bytes)
})

test('one value of a third key, the last of all, keeps all others from being touched', async () => {
  const serverId = (await storesWith(aesCipher(OLD)).tools.serverId(server)) ?? ''
  const third = storesWith(aesCipher(WRONG))
  await third.secrets.set(serverId, 'ZULU' as SecretName, 'value of another', 'local')
  const bytes = await sealedBytes()
  await expect(reseal(db, { from: [OLD], to: NEW, dryRun: false })).rejects.toThrow('/ZULU.')
  expect(await sealedBytes()).toEqual(bytes)
  await reseal(db, { from: [OLD, WRONG], to: NEW, dryRun: false })
  expect(await read(aesCipher(NEW))).toEqual(EVERYTHING)
})

test('a value that was moved to another place does not open, and nothing is changed', async () => {
  await db.execute(
    sql`update secrets set sealed = (select sealed from secrets where name = 'KEY_1') where name = 'KEY_2'`,
  )
  await expect(reseal(db, { from: [OLD], to: NEW, dryRun: false })).rejects.toThrow('/KEY_2.')
})

test('a dry run opens everything, counts, and changes nothing', async () => {
  const bytes = await sealedBytes()
  const done = await reseal(db, { from: [OLD], to: NEW, dryRun: true })
  expect(done.map(({ sealedAnew }) => sealedAnew)).toEqual([2, SECRETS])
  expect(await sealedBytes()).toEqual(bytes)
  await expect(reseal(db, { from: [WRONG], to: NEW, dryRun: true })).rejects.toThrow(DoesNotOpen)
})

test('processes with both keys read and write all the while, and lose nothing', async () => {
  const both = aesCipher(NEW, [OLD])
  const within = pgWithin(db, both)
  const writes: Promise<void>[] = []
  const waiting = sql`select 1 from pg_locks where relation = 'settings'::regclass and not granted`
  let reads = 0
  await reseal(db, { from: [OLD], to: NEW, dryRun: false }, async () => {
    expect(await read(both)).toEqual(EVERYTHING)
    reads += 1
    if (writes.length > 0) return
    writes.push(within(({ settings }) => settings.set('bearer_key', 'written meanwhile')))
    await vi.waitFor(async () => expect(await db.execute(waiting)).toMatchObject({ rows: [{}] }))
  })
  await Promise.all(writes)
  expect(reads).toBe(SECRETS + 2)
  expect(await storesWith(aesCipher(NEW)).settings.get('bearer_key')).toBe('written meanwhile')
})

/** Parts of code wait in the open, as code does. */
test('no column holds sealed values that a change of the key does not know', async () => {
  const { rows } = (await db.execute(
    sql`select table_name as "table", column_name as "column" from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea'
        and (table_name, column_name) <> ('code_parts', 'bytes') order by 1 desc`,
  )) as { rows: unknown[] }
  expect(rows).toEqual(SEALED_COLUMNS.map(({ table, column }) => ({ table, column })))
})
