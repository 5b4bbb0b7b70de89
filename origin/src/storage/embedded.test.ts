import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { openDatabase } from './database.ts'
import { DEFAULT_POOL } from './pool.ts'

const WRITER = fileURLToPath(new URL('../testing/row-writer.ts', import.meta.url))
const ROUNDS = 10
const home = await mkdtemp(join(tmpdir(), 'mcpbox-embedded-'))
afterAll(() => rm(home, { recursive: true }))
const folder = join(home, 'data')

const open = () => openDatabase({ url: null, folder, pool: DEFAULT_POOL, onFault: () => {} })

function startWriter(firstRow = 1_000_000) {
  return spawn(process.execPath, [WRITER, folder, String(firstRow)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Starts the writer and kills it as soon as it has said `lines` lines. Gives what it said. */
async function killedAfter(lines: number, firstRow: number): Promise<string[]> {
  const writer = startWriter(firstRow)
  const said: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line)
    if (said.length === lines) writer.kill('SIGKILL')
  }
  if (writer.signalCode === null) await once(writer, 'exit')
  expect(writer.signalCode).toBe('SIGKILL')
  return said
}

test('a process that is killed during its first start leaves a folder that opens', async () => {
  const writer = startWriter()
  const exited = once(writer, 'exit')
  const begun = () => fs.existsSync(join(folder, 'pg', 'base'))
  await vi.waitUntil(begun, { interval: 5, timeout: 30_000 })
  writer.kill('SIGKILL')
  await exited
  await using database = await open()
  expect(await database.db.execute(sql`select count(*)::int as n from versions`)).toMatchObject({
    rows: [{ n: 0 }],
  })
}, 60_000)

test('no committed row is lost, however often the process is killed while it writes', async () => {
  const committed = new Set<number>()
  let firstRow = 0
  for (let round = 0; round < ROUNDS; round++) {
    const [opened, ...rows] = await killedAfter(2 + Math.floor(Math.random() * 60), firstRow)
    expect(opened).toBe('open')
    for (const row of rows) committed.add(Number(row))
    await using database = await open()
    const kept = await database.db
      .select({ n: sql<number>`n`, length: sql<number>`length(filler)` })
      .from(sql`kept`)
    const numbers = new Set(kept.map(({ n }) => n))
    expect([...committed].filter((n) => !numbers.has(n))).toEqual([])
    expect(kept.filter(({ length }) => length !== 1_000)).toEqual([])
    firstRow = Math.max(-1, ...numbers) + 1
  }
  expect(committed.size).toBeGreaterThan(ROUNDS)
}, 120_000)

test('each commit is handed to the disk before it is acknowledged', async () => {
  await using database = await open()
  const { fsyncSync } = fs
  let synced = 0
  fs.fsyncSync = (fd) => {
    synced++
    return fsyncSync(fd)
  }
  syncBuiltinESMExports()
  try {
    await database.db.execute(sql`create table synced (n int)`)
    const before = synced
    for (let n = 1; n <= 20; n++) {
      await database.db.execute(sql`insert into synced values (${n})`)
      expect(synced).toBeGreaterThanOrEqual(before + n)
    }
  } finally {
    fs.fsyncSync = fsyncSync
    syncBuiltinESMExports()
  }
}, 60_000)

test('a second process is refused with a sentence, and let in once the first was killed', async () => {
  const first = startWriter()
  const exited = once(first, 'exit')
  await once(createInterface({ input: first.stdout }), 'line')
  await expect(open()).rejects.toThrow(`${folder} is in use by another MCPbox process`)
  first.kill('SIGKILL')
  await exited
  await using database = await open()
  expect(database.label).toBe(`embedded database in ${folder}`)
}, 60_000)

test('the same process is refused a second time, and let in after it closed', async () => {
  const database = await open()
  await expect(open()).rejects.toThrow('is in use by another MCPbox process')
  await database[Symbol.asyncDispose]()
  await using again = await open()
  expect(again.label).toContain(folder)
}, 60_000)

test('the folder is for its owner alone', async () => {
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

test('a folder whose database cannot be migrated is free again', async () => {
  {
    await using database = await open()
    await database.db.execute(sql`drop schema drizzle cascade`)
  }
  await expect(open()).rejects.toThrow(/Failed query/)
  await expect(open()).rejects.toThrow(/Failed query/)
}, 60_000)
