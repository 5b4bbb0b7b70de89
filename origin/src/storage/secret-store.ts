import { and, asc, eq, inArray } from 'drizzle-orm'
import type { SecretName } from '#contract/names.ts'
import type { SecretStore } from '../domain/secrets/secret-store.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './database.ts'
import { secrets, servers } from './schema.ts'

export function pgSecretStore(db: Db, cipher: Cipher): SecretStore {
  const place = (serverId: string, name: string) => `secrets/${serverId}/${name}`

  return {
    async set(serverId, name, value) {
      const sealed = cipher.seal(place(serverId, name), value)
      await db
        .insert(secrets)
        .values({ serverId, name, sealed })
        .onConflictDoUpdate({
          target: [secrets.serverId, secrets.name],
          set: { sealed, updatedAt: new Date() },
        })
    },

    async remove(serverId, name) {
      const removed = await db
        .delete(secrets)
        .where(and(eq(secrets.serverId, serverId), eq(secrets.name, name)))
        .returning({ id: secrets.id })
      return removed.length > 0
    },

    async list(server) {
      const rows = await db
        .select({ name: secrets.name, updatedAt: secrets.updatedAt })
        .from(secrets)
        .innerJoin(servers, eq(servers.id, secrets.serverId))
        .where(eq(servers.name, server))
        .orderBy(asc(secrets.name))
      return rows.map((row) => ({ ...row, name: row.name as SecretName }))
    },

    async values(server, names) {
      if (names.length === 0) return new Map()
      const rows = await db
        .select({ secret: secrets })
        .from(secrets)
        .innerJoin(servers, eq(servers.id, secrets.serverId))
        .where(and(eq(servers.name, server), inArray(secrets.name, [...names])))
      return new Map(
        rows.map(({ secret }) => [
          secret.name as SecretName,
          cipher.open(place(secret.serverId, secret.name), secret.sealed),
        ]),
      )
    },
  }
}
