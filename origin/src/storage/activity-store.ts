import { and, asc, desc, eq, gt, gte, like, lt, lte, max, or, sql, type SQL } from 'drizzle-orm'
import type { ActivityFilter, ActivityStore } from '../domain/activity.ts'
import { activity } from './activity-schema.ts'
import type { Db } from './database.ts'
import { storableText } from './storable-text.ts'

type Entry = Parameters<ActivityStore['record']>[0]

export function pgActivityStore(db: Db): ActivityStore {
  return {
    record: (entry) => keep(db, [entry]),

    page: (filter, { before = null, limit }) =>
      db
        .select()
        .from(activity)
        .where(and(matches(filter), before === null ? undefined : lt(activity.id, before)))
        .orderBy(desc(activity.id))
        .limit(limit),

    between: (filter, { after, upTo, limit }) =>
      db
        .select()
        .from(activity)
        .where(and(matches(filter), gt(activity.id, after), lte(activity.id, upTo)))
        .orderBy(asc(activity.id))
        .limit(limit),

    async newest() {
      const [row] = await db.select({ id: max(activity.id) }).from(activity)
      return row?.id ?? 0
    },
  }
}

/**
 * The activity of one unit of work. Numbering entries in order keeps all others from doing so until
 * the transaction ends, so entries are kept last: nothing is waited for after that.
 */
export function activityKeptLast(db: Db): { store: ActivityStore; keep: () => Promise<void> } {
  const entries: Entry[] = []
  return {
    store: {
      ...pgActivityStore(db),
      async record(entry) {
        entries.push(entry)
      },
    },
    keep: () => keep(db, entries),
  }
}

async function keep(db: Db, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  await db.insert(activity).values(
    entries.map(({ subject, details = {}, ...entry }) => ({
      ...entry,
      subject: storableText(subject),
      details,
    })),
  )
}

function matches(filter: ActivityFilter): SQL | undefined {
  const { action, text } = filter
  const contains = (pattern: string) =>
    or(
      sql`${activity.subject} ilike ${pattern}`,
      sql`${activity.actor} ilike ${pattern}`,
      sql`${activity.details}::text ilike ${pattern}`,
    )
  return and(
    filter.actor === undefined ? undefined : eq(activity.actor, filter.actor),
    action === undefined
      ? undefined
      : or(eq(activity.action, action), like(activity.action, `${escaped(action)}.%`)),
    filter.subject === undefined ? undefined : eq(activity.subject, filter.subject),
    filter.requestId === undefined ? undefined : eq(activity.requestId, filter.requestId),
    text === undefined ? undefined : contains(`%${escaped(text)}%`),
    filter.since === undefined ? undefined : gte(activity.at, filter.since),
    filter.until === undefined ? undefined : lt(activity.at, filter.until),
  )
}

/** Text that means itself in a pattern of LIKE. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
