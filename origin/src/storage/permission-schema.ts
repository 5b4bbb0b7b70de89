import { sql } from 'drizzle-orm'
import { check, index, json, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { PermissionKind, PermissionRequestState } from '#contract/admin-door/permissions.ts'
import type { ClientInfo } from '#contract/operation.ts'
import { at, id } from './columns.ts'
import { admins, revokedInFull, servers, term, tools } from './schema.ts'

/** Tables of what drafts under trial may use, and what is not new in the eyes of a policy. */

/** What is permitted, or asked for: in one tool, or, without one, in every tool of a server. */
const subject = () => ({
  serverId: uuid('server_id')
    .notNull()
    .references(() => servers.id, { onDelete: 'cascade' }),
  toolId: uuid('tool_id').references(() => tools.id, { onDelete: 'cascade' }),
  kind: text('kind').$type<PermissionKind>().notNull(),
  value: text('value').notNull(),
})
const kinds = sql`kind in ('host', 'module', 'package')`

/** A line that stands permitted, whichever versions name it. */
export const permissions = pgTable(
  'permissions',
  {
    id: id(),
    ...subject(),
    grantedBy: uuid('granted_by')
      .notNull()
      .references(() => admins.id),
    grantedAt: at('granted_at').notNull().defaultNow(),
    ...term(),
  },
  (t) => [
    // No tool has the id of a server.
    uniqueIndex('permissions_once').on(sql`coalesce(tool_id, server_id)`, t.kind, t.value),
    index('permissions_of_server').on(t.serverId),
    check('permissions_kind', kinds),
    check('permissions_revoked', revokedInFull),
  ],
)

/** One question to a person about such a line. */
export const permissionRequests = pgTable(
  'permission_requests',
  {
    id: id(),
    ...subject(),
    justification: text('justification').notNull(),
    state: text('state').$type<PermissionRequestState>().notNull(),
    requestedBy: text('requested_by').notNull(),
    client: json('client').$type<ClientInfo>(),
    requestedAt: at('requested_at').notNull().defaultNow(),
    decidedBy: uuid('decided_by').references(() => admins.id),
    decidedAt: at('decided_at'),
    reason: text('reason'),
  },
  (t) => [
    uniqueIndex('permission_requests_one_waiting')
      .on(sql`coalesce(tool_id, server_id)`, t.kind, t.value)
      .where(sql`state = 'waiting'`),
    index('permission_requests_of_server').on(t.serverId),
    check('permission_requests_kind', kinds),
    check('permission_requests_state', sql`state in ('waiting', 'approved', 'rejected')`),
    check(
      'permission_requests_decided',
      sql`(state <> 'waiting') = (num_nonnulls(decided_by, decided_at) = 2)`,
    ),
    check(
      'permission_requests_reason',
      sql`state <> 'rejected' or coalesce(length(reason), 0) > 0`,
    ),
  ],
)
