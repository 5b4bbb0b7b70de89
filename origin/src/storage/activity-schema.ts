import { bigserial, index, json, pgTable, text } from 'drizzle-orm/pg-core'
import type { JsonObject } from '#contract/json.ts'
import type { ClientInfo } from '#contract/operation.ts'
import { at } from './columns.ts'

/**
 * What happened and who did it, with what, from where. Triggers number the rows in the order in which
 * they are kept, tell all replicas, and refuse any change but the end of what is old.
 */
export const activity = pgTable(
  'activity',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: at('at').notNull().defaultNow(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    details: json('details').$type<JsonObject>().notNull(),
    client: json('client').$type<ClientInfo>(),
    address: text('address'),
    requestId: text('request_id'),
  },
  (t) => [index('activity_recent').on(t.at.desc()), index('activity_of').on(t.actor, t.id.desc())],
)
