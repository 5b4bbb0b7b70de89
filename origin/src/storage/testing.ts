import { drizzle } from 'drizzle-orm/pglite'
import type { Stores, Within } from '../domain/stores.ts'
import { aesCipher } from './cipher.ts'
import type { Database, Db } from './database.ts'
import { EXTENSIONS } from './embedded.ts'
import { migrate } from './migrate.ts'
import { pgliteNotices, type Notices } from './notices.ts'
import { PreparingPglite } from './preparing-pglite.ts'
import { pgStores, pgWithin } from './stores.ts'

/** An empty, migrated database in memory with its stores, for one test file. */
export async function memoryStores(): Promise<
  {
    db: Db
    stores: Stores
    within: Within
    notices: Notices
    pool: Database['pool']
  } & AsyncDisposable
> {
  const client = new PreparingPglite({ extensions: EXTENSIONS })
  await client.waitReady
  const db = drizzle({ client })
  await migrate(db)
  const cipher = aesCipher('00'.repeat(32))
  return {
    db,
    stores: pgStores(db, cipher),
    within: pgWithin(db, cipher),
    notices: await pgliteNotices(client),
    pool: () => null,
    [Symbol.asyncDispose]: () => client.close(),
  }
}
