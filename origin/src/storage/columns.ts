import { customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Columns that many tables have. */

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
})
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
export const createdAt = () => at('created_at').notNull().defaultNow()
export const id = () => uuid('id').primaryKey().defaultRandom()
