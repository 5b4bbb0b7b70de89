import { eq, isNotNull } from 'drizzle-orm'
import type { Db } from './database.ts'
import { settings } from './schema.ts'
import { secrets } from './secret-schema.ts'

/** One sealed value, where it is kept, and what it is sealed for ({@link settingPlace}). */
export interface SealedValue {
  place: string
  sealed: Uint8Array
  /** Puts another one in its place. @returns what is kept then */
  replace: (sealed: Uint8Array) => Promise<Uint8Array | undefined>
}

/** A column of sealed values. */
export interface SealedColumn {
  table: string
  column: string
  values: (db: Db) => Promise<SealedValue[]>
}

/** What the value of a setting is sealed for. */
export function settingPlace(key: string): string {
  return `settings/${key}`
}

/** What the value of a secret is sealed for: it opens as no other one, of no other server. */
export function secretPlace(serverId: string, name: string): string {
  return `secrets/${serverId}/${name}`
}

/** All columns that hold sealed values: whoever adds one adds it here, or a change of the key loses it. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'settings',
    column: 'sealed',
    values: async (db) => {
      const rows = await db.select().from(settings).orderBy(settings.key)
      return rows.map(({ key, sealed }) => ({
        place: settingPlace(key),
        sealed,
        replace: async (other) => {
          const [kept] = await db
            .update(settings)
            .set({ sealed: other })
            .where(eq(settings.key, key))
            .returning({ sealed: settings.sealed })
          return kept?.sealed
        },
      }))
    },
  },
  {
    table: 'secrets',
    column: 'sealed',
    values: async (db) => {
      const { id, serverId, name, sealed } = secrets
      const rows = await db
        .select({ id, serverId, name, sealed })
        .from(secrets)
        .where(isNotNull(sealed))
        .orderBy(serverId, name)
      return rows.flatMap((row) =>
        row.sealed === null
          ? []
          : [
              {
                place: secretPlace(row.serverId, row.name),
                sealed: row.sealed,
                replace: async (other: Uint8Array) => {
                  const [kept] = await db
                    .update(secrets)
                    .set({ sealed: other })
                    .where(eq(id, row.id))
                    .returning({ sealed })
                  return kept?.sealed ?? undefined
                },
              },
            ],
      )
    },
  },
]
