import { and, asc, eq, getColumns, gt, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Name, SecretName } from '#contract/names.ts'
import type { Secret, SecretStore } from '../domain/secrets/secret-store.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './database.ts'
import { servers, tools } from './schema.ts'
import { secretPlace } from './sealed-values.ts'
import { secretLinks, secrets } from './secret-schema.ts'

export function pgSecretStore(db: Db, cipher: Cipher): SecretStore {
  const { sealed: _, ...told } = getColumns(secrets)
  const hasValue = sql<boolean>`${secrets.sealed} is not null`
  const select = () =>
    db
      .select({ secret: told, hasValue, server: servers.name })
      .from(secrets)
      .innerJoin(servers, eq(servers.id, secrets.serverId))
  const named = (server: Name, name: SecretName) =>
    and(eq(servers.name, server), isNull(servers.deletedAt), eq(secrets.name, name))
  const good = (tokenHash: string) =>
    and(
      eq(secretLinks.tokenHash, tokenHash),
      isNull(secretLinks.usedAt),
      gt(secretLinks.expiresAt, sql`now()`),
    )

  async function linked(link: { id: string; createdBy: string; secretId: string } | undefined) {
    if (link === undefined) return null
    const [row] = await select().where(eq(secrets.id, link.secretId))
    return row === undefined
      ? null
      : { id: link.id, createdBy: link.createdBy, secret: toSecret(row) }
  }

  return {
    async declare(serverId, { name, description, by }) {
      const added = await db
        .insert(secrets)
        .values({ serverId, name, description, createdBy: by, updatedBy: by })
        .onConflictDoNothing({ target: [secrets.serverId, secrets.name] })
        .returning({ id: secrets.id })
      return added.length > 0
    },

    async set(serverId, name, value, by) {
      const sealed = cipher.seal(secretPlace(serverId, name), value)
      await db
        .insert(secrets)
        .values({ serverId, name, sealed, description: '', createdBy: by, updatedBy: by })
        .onConflictDoUpdate({
          target: [secrets.serverId, secrets.name],
          set: { sealed, updatedAt: new Date(), updatedBy: by },
        })
    },

    async describe(id, description, by) {
      await db
        .update(secrets)
        .set({ description, updatedAt: new Date(), updatedBy: by })
        .where(eq(secrets.id, id))
    },

    async remove(serverId, name) {
      const removed = await db
        .delete(secrets)
        .where(and(eq(secrets.serverId, serverId), eq(secrets.name, name)))
        .returning({ id: secrets.id })
      return removed.length > 0
    },

    async removeAll(serverId) {
      await db.delete(secrets).where(eq(secrets.serverId, serverId))
    },

    async locked(server, name) {
      const [row] = await select().where(named(server, name)).for('update', { of: secrets })
      return row === undefined ? null : toSecret(row)
    },

    async secret(server, name) {
      const [row] = await select().where(named(server, name))
      return row === undefined ? null : toSecret(row)
    },

    async list(server, { after, limit }) {
      const rows = await select()
        .where(
          and(
            eq(servers.name, server),
            isNull(servers.deletedAt),
            after === null ? undefined : sql`${secrets.name} collate "C" > ${after}`,
          ),
        )
        .orderBy(asc(sql`${secrets.name} collate "C"`))
        .limit(limit)
      return rows.map(toSecret)
    },

    async values(toolId, names) {
      if (names.length === 0) return new Map()
      const rows = await db
        .select({ serverId: secrets.serverId, name: secrets.name, sealed: secrets.sealed })
        .from(secrets)
        .innerJoin(tools, eq(tools.serverId, secrets.serverId))
        .where(
          and(eq(tools.id, toolId), inArray(secrets.name, [...names]), isNotNull(secrets.sealed)),
        )
      return new Map(
        rows.flatMap(({ serverId, name, sealed }) =>
          sealed === null
            ? []
            : [[name as SecretName, cipher.open(secretPlace(serverId, name), sealed)]],
        ),
      )
    },

    async addLink({ secretId, tokenHash, by, expiresAt }) {
      const [row] = await db
        .insert(secretLinks)
        .values({ secretId, tokenHash, createdBy: by, expiresAt })
        .returning({ id: secretLinks.id })
      if (row === undefined) throw new Error('the link was not stored')
      return row.id
    },

    async link(tokenHash) {
      const [row] = await db.select().from(secretLinks).where(good(tokenHash))
      return linked(row)
    },

    async useLink(tokenHash) {
      const [row] = await db
        .update(secretLinks)
        .set({ usedAt: sql`now()` })
        .where(good(tokenHash))
        .returning()
      return linked(row)
    },

    async forgetLinksExpiredBefore(time) {
      await db.delete(secretLinks).where(lt(secretLinks.expiresAt, time))
    },
  }
}

function toSecret({
  secret,
  hasValue,
  server,
}: {
  secret: Omit<typeof secrets.$inferSelect, 'sealed'>
  hasValue: boolean
  server: string
}): Secret {
  return { ...secret, hasValue, server: server as Name, name: secret.name as SecretName }
}
