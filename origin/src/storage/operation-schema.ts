import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import type { OperationRequest } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import type { Dispatch, NumberedEvent } from '../domain/operations/operation.ts'
import { at, bytea, createdAt } from './columns.ts'

/** Tables of what is under way; nothing in them is worth keeping for long. */

/** One thing a client asked for, done once; see docs/architecture.md, "Operations". */
export const operations = pgTable(
  'operations',
  {
    opId: uuid('op_id').primaryKey(),
    principal: text('principal').notNull(),
    asked: json('asked').$type<{ principal: Principal; request: OperationRequest }>().notNull(),
    requestDigest: text('request_digest').notNull(),
    requestId: text('request_id').notNull(),
    state: text('state', { enum: ['running', 'done'] }).notNull(),
    owner: text('owner').notNull(),
    leaseUntil: at('lease_until').notNull(),
    dispatch: json('dispatch').$type<Dispatch>(),
    cancelledAt: at('cancelled_at'),
    /** Until when each replica is known to have a reader of it, in seconds since 1970. */
    attended: jsonb('attended').$type<Record<string, number>>().notNull().default({}),
    /** Its client is known to come back. */
    parked: boolean('parked').notNull().default(false),
    /** Somebody was there to hear its end. */
    heard: boolean('heard').notNull().default(false),
    /** The client of the modern era that asked, as JSON; null for other eras. */
    modernClient: text('modern_client'),
    /** The id under which it was last taken up; null when it never was. */
    takenUpAs: uuid('taken_up_as'),
    createdAt: createdAt(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    index('operations_running')
      .on(t.leaseUntil)
      .where(sql`state = 'running'`),
    index('operations_equal')
      .on(t.principal, t.requestDigest)
      .where(sql`modern_client is not null`),
    index('operations_finished').on(t.finishedAt),
    check('operations_state', sql`state in ('running', 'done')`),
    check('operations_done', sql`(state = 'done') = (finished_at is not null)`),
  ],
)

export const operationEvents = pgTable(
  'operation_events',
  {
    opId: uuid('op_id')
      .notNull()
      .references(() => operations.opId, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    event: json('event').$type<NumberedEvent>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.opId, t.seq] })],
)

/** Results that were too long for a client, whole, as text. */
export const operationResults = pgTable('operation_results', {
  opId: uuid('op_id')
    .primaryKey()
    .references(() => operations.opId, { onDelete: 'cascade' }),
  whole: text('whole').notNull(),
})

/** Code that somebody sends in parts, until all are there. */
export const codeParts = pgTable(
  'code_parts',
  {
    principal: text('principal').notNull(),
    server: text('server').notNull(),
    tool: text('tool').notNull(),
    of: integer('of').notNull(),
    part: integer('part').notNull(),
    bytes: bytea('bytes').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.principal, t.server, t.tool, t.part] }),
    index('code_parts_expiry').on(t.expiresAt),
    check('code_parts_part', sql`part between 1 and "of"`),
  ],
)

/** Assertions seen, until they expire: each is good for one use. */
export const assertionUses = pgTable(
  'assertion_uses',
  { jti: uuid('jti').primaryKey(), expiresAt: at('expires_at').notNull() },
  (t) => [index('assertion_uses_expiry').on(t.expiresAt)],
)
