import { boolean, index, json, pgTable, text } from 'drizzle-orm/pg-core'
import type { LogLevel } from '#contract/operation.ts'
import { at } from './columns.ts'

/** What clients settled for their MCP sessions; kept until the id would have expired anyway. */
export const sessionRecords = pgTable(
  'session_records',
  {
    sessionId: text('session_id').primaryKey(),
    ended: boolean('ended').notNull(),
    level: text('level').$type<LogLevel>(),
    subscriptions: json('subscriptions').$type<string[]>().notNull(),
    until: at('until').notNull(),
  },
  (t) => [index('session_records_until').on(t.until)],
)
