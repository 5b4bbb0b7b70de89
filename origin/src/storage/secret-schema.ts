import { pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { at, bytea, createdAt, id } from './columns.ts'
import { servers } from './schema.ts'

/** Tables of what a server's tools may know and nobody else. */

/** A named value of a server, sealed; null as long as nobody has set it. */
export const secrets = pgTable(
  'secrets',
  {
    id: id(),
    serverId: uuid('server_id')
      .notNull()
      .references(() => servers.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    sealed: bytea('sealed'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('secrets_server_name').on(t.serverId, t.name)],
)

/** A link behind which one secret can be set, once. The link's token is kept as its SHA-256 only. */
export const secretLinks = pgTable('secret_links', {
  id: id(),
  secretId: uuid('secret_id')
    .notNull()
    .references(() => secrets.id, { onDelete: 'cascade' }),
  tokenHash: text('token_hash').notNull().unique(),
  createdBy: text('created_by').notNull(),
  createdAt: createdAt(),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
})
