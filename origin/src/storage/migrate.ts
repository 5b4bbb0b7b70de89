import { fileURLToPath } from 'node:url'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import type { PgliteDatabase } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'

export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/**
 * Applies every migration that the database has not seen, in one transaction. The caller sees to
 * it that only one process does this at a time.
 */
export async function migrate(db: NodePgDatabase | PgliteDatabase): Promise<void> {
  const failed = isEmbedded(db)
    ? await migratePglite(db, { migrationsFolder })
    : await migratePg(db, { migrationsFolder })
  if (failed !== undefined) throw new Error(`migrations not applied: ${failed.exitCode}`)
}

function isEmbedded(db: NodePgDatabase | PgliteDatabase): db is PgliteDatabase {
  return (
    '$client' in db &&
    typeof db.$client === 'object' &&
    db.$client !== null &&
    'dumpDataDir' in db.$client
  )
}
