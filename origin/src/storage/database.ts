import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import type { PgAsyncDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { Pool } from 'pg'
import { openEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
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
}

/**
 * Opens PostgreSQL at `url`, or the embedded database in `folder` when there is no url, and brings
 * it to the newest migration.
 * @throws when it cannot be reached, is in use by another process, or a migration fails.
 */
export async function openDatabase(options: {
  url: string | null
  folder: string
  poolSize: number
  onFault: (fault: unknown) => void
}): Promise<Database> {
  return options.url === null
    ? openInFolder(options.folder)
    : openPostgres(options.url, options.poolSize, options.onFault)
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
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function openPostgres(
  url: string,
  poolSize: number,
  onFault: (fault: unknown) => void,
): Promise<Database> {
  await using opening = new AsyncDisposableStack()
  const pool = opening.adopt(new Pool({ connectionString: url, max: poolSize }), (it) => it.end())
  pool.on('error', onFault)
  const one = await pool.connect()
  try {
    await one.query(`select pg_advisory_lock(hashtext('mcpbox migrations'))`)
    try {
      await migrate(drizzlePg({ client: one }))
    } finally {
      await one.query(`select pg_advisory_unlock(hashtext('mcpbox migrations'))`)
    }
  } finally {
    one.release()
  }
  const notices = opening.use(await postgresNotices(url, onFault))
  const { host, pathname, searchParams } = new URL(url)
  const opened = opening.move()
  return {
    db: drizzlePg({ client: pool }),
    notices,
    label: `PostgreSQL at ${searchParams.get('host') ?? host}${pathname}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
