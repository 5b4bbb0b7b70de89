import { eq, sql } from 'drizzle-orm'
import type { SettingStore } from '../domain/settings.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './database.ts'
import { settings } from './schema.ts'
import { settingPlace } from './sealed-values.ts'

/** Settings are sealed, all of them: none is worth the question which are secret. */
export function pgSettingStore(db: Db, cipher: Cipher): SettingStore {
  const store: SettingStore = {
    async lock(key) {
      await db.execute(sql`select pg_advisory_xact_lock(hashtext(${settingPlace(key)}))`)
    },

    async get(key) {
      const [row] = await db.select().from(settings).where(eq(settings.key, key))
      return row === undefined ? null : cipher.open(settingPlace(key), row.sealed)
    },

    async locked(key) {
      const [row] = await db.select().from(settings).where(eq(settings.key, key)).for('update')
      return row === undefined ? null : cipher.open(settingPlace(key), row.sealed)
    },

    async keep(key, value) {
      await db
        .insert(settings)
        .values({ key, sealed: cipher.seal(settingPlace(key), value) })
        .onConflictDoNothing()
      const kept = await store.get(key)
      if (kept === null) throw new Error(`the setting ${key} was not stored`)
      return kept
    },

    async set(key, value) {
      const sealed = cipher.seal(settingPlace(key), value)
      await db
        .insert(settings)
        .values({ key, sealed })
        .onConflictDoUpdate({ target: settings.key, set: { sealed } })
    },

    async remove(key) {
      const removed = await db
        .delete(settings)
        .where(eq(settings.key, key))
        .returning({ key: settings.key })
      return removed.length > 0
    },
  }
  return store
}
