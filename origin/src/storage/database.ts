import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import type { PgAsyncDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { Client, type Pool } from 'pg'
import { openEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import type { PoolFigures } from '#contract/health.ts'
import { figuresOf, openPool, type PoolSettings } from './pool.ts'
import { pgliteNotices, postgresNotices, type Notices } from './notices.ts'

/**
 * What queries are written against: a database or a transaction in it, embedded or PostgreSQL.
 * Inside a transaction use only the transaction: the embedded database has one session, and a
 * query beside an open transaction would wait for itself for ever.
 */
export type Db = PgAsyncDatabase<PgQueryResultHKT>

/** An open, migrated database. Disposing it ends its connections. */
export interface Database extends AsyncDisposable {
  db: Db
  notices: Notices
  /** For people: "embedded database in …" or "PostgreSQL at host/name". */
  label: string
  /** Its connections, now; null for the embedded database, which has none. */
  pool: () => PoolFigures | null
}

/**
 * Opens PostgreSQL at `url`, or the embedded database in `folder` when there is no url, and brings
 * it to the newest migration. What needs a session of its own (notices, the lock of migrations) goes
 * to `directUrl`, around a pooler.
 * @throws when it cannot be reached, is in use by another process, or a migration fails.
 */
export async function openDatabase(options: {
  url: string | null
  directUrl?: string | null
  folder: string
  pool: PoolSettings
  onFault: (fault: unknown) => void
}): Promise<Database> {
  return options.url === null
    ? openInFolder(options.folder)
    : openPostgres({ ...options, url: options.url, directUrl: options.directUrl ?? options.url })
}

async function openInFolder(folder: string): Promise<Database> {
  await using opening = new AsyncDisposableStack()
  const { client } = opening.use(await openEmbedded(folder))
  const db = drizzlePglite({ client })
  await migrate(db)
  const notices = await pgliteNotices(client)
  const opened = opening.move()
  return {
    db,
    notices,
    label: `embedded database in ${folder}`,
    pool: () => null,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function openPostgres(options: {
  url: string
  directUrl: string
  pool: PoolSettings
  onFault: (fault: unknown) => void
}): Promise<Database> {
  const { url, directUrl, onFault } = options
  await using opening = new AsyncDisposableStack()
  await migrateAlone(directUrl, onFault)
  const pool: Pool = opening.adopt(openPool(url, options.pool, onFault), (it) => it.end())
  const notices = opening.use(await postgresNotices(directUrl, onFault))
  const { host, pathname, searchParams } = new URL(url)
  const opened = opening.move()
  return {
    db: drizzlePg({ client: pool }),
    notices,
    label: `PostgreSQL at ${searchParams.get('host') ?? host}${pathname}`,
    pool: () => figuresOf(pool, options.pool),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Brings the database to the newest migration, while other replicas that start wait. */
async function migrateAlone(url: string, onFault: (fault: unknown) => void): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', onFault)
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('mcpbox migrations'))`)
    await migrate(drizzlePg({ client }))
  } finally {
    // The lock ends with its session.
    await client.end()
  }
}
