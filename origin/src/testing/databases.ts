import { Client } from 'pg'
import { aesCipher } from '../storage/cipher.ts'
import { openDatabase, type Database, type Db } from '../storage/database.ts'
import type { Notices } from '../storage/notices.ts'
import { pgStores, pgWithin } from '../storage/stores.ts'
import { memoryStores } from '../storage/testing.ts'
import type { Stores, Within } from '../domain/stores.ts'
import { DEFAULT_POOL } from '../storage/pool.ts'

/** For tests of the domain, which knows no database otherwise. */
export { sql, type SQL } from 'drizzle-orm'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the PostgreSQL that the project `postgres` starts. */
    postgresUrl: string
  }
}

/** A migrated database with everything that a replica needs of it. */
export interface Opened extends AsyncDisposable {
  db: Db
  stores: Stores
  within: Within
  notices: Notices
  pool: Database['pool']
}

/** An embedded database in memory. */
export const openMemory: () => Promise<Opened> = memoryStores

/** One more replica's connections to the PostgreSQL database at `url`. */
export async function openReplica(url: string): Promise<Opened> {
  const database = await openDatabase({
    url,
    folder: '',
    pool: { ...DEFAULT_POOL, size: 5, overflow: 0 },
    onFault: () => {},
  })
  const cipher = aesCipher('00'.repeat(32))
  return {
    db: database.db,
    stores: pgStores(database.db, cipher),
    within: pgWithin(database.db, cipher),
    notices: database.notices,
    pool: database.pool,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** An empty database of its own on a server; disposing it drops it, once everybody has left. */
export async function freshDatabase(serverUrl: string): Promise<{ url: string } & AsyncDisposable> {
  const name = `origin_${crypto.randomUUID().replaceAll('-', '')}`
  await statement(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => statement(serverUrl, `drop database ${name}`),
  }
}

/** Runs one statement over a connection of its own. */
export async function statement(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** Two replicas on one new PostgreSQL database. Disposing them drops it. */
export async function openReplicas(
  serverUrl: string,
): Promise<{ here: Opened; there: Opened; url: string } & AsyncDisposable> {
  const database = await freshDatabase(serverUrl)
  const here = await openReplica(database.url)
  const there = await openReplica(database.url)
  return {
    here,
    there,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]()
      await there[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
