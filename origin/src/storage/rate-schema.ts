import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** What each asker took in a minute; worth nothing when the minute is over. */
export const rateWindows = pgTable(
  'rate_windows',
  { key: text('key').notNull(), window: at('window').notNull(), taken: integer('taken').notNull() },
  (t) => [primaryKey({ columns: [t.key, t.window] }), index('rate_windows_age').on(t.window)],
)
