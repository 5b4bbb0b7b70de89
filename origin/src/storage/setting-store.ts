import { eq, sql } from 'drizzle-orm'
import type { SettingKey, SettingStore } from '../domain/settings.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './database.ts'
import { settings } from './schema.ts'

/** Settings are sealed, all of them: none is worth the question which are secret. */
export function pgSettingStore(db: Db, cipher: Cipher): SettingStore {
  const place = (key: SettingKey) => `settings/${key}`

  const store: SettingStore = {
    async lock(key) {
      await db.execute(sql`select pg_advisory_xact_lock(hashtext(${place(key)}))`)
    },

    async get(key) {
      const [row] = await db.select().from(settings).where(eq(settings.key, key))
      return row === undefined ? null : cipher.open(place(key), row.sealed)
    },

    async locked(key) {
      const [row] = await db.select().from(settings).where(eq(settings.key, key)).for('update')
      return row === undefined ? null : cipher.open(place(key), row.sealed)
    },

    async keep(key, value) {
      await db
        .insert(settings)
        .values({ key, sealed: cipher.seal(place(key), value) })
        .onConflictDoNothing()
      const kept = await store.get(key)
      if (kept === null) throw new Error(`the setting ${key} was not stored`)
      return kept
    },

    async set(key, value) {
      const sealed = cipher.seal(place(key), value)
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
