import { bigserial, index, json, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { ClientInfo } from '#contract/operation.ts'
import { at, createdAt, id } from './columns.ts'
import { admins } from './schema.ts'

/** Tables of how admins came in, and of who tried. */

/** An admin's sign-in. The cookie's token is kept as its SHA-256 only. */
export const signIns = pgTable('sign_ins', {
  id: id(),
  adminId: uuid('admin_id')
    .notNull()
    .references(() => admins.id),
  tokenHash: text('token_hash').notNull().unique(),
  address: text('address').notNull(),
  client: json('client').$type<ClientInfo>(),
  createdAt: createdAt(),
  expiresAt: at('expires_at').notNull(),
})

export const signInFailures = pgTable(
  'sign_in_failures',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    address: text('address').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [index('sign_in_failures_recent').on(t.address, t.at)],
)
