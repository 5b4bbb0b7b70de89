import { desc } from 'drizzle-orm'
import type { ActivityStore } from '../domain/activity.ts'
import type { Db } from './database.ts'
import { activity } from './schema.ts'

export function pgActivityStore(db: Db): ActivityStore {
  return {
    async record({ actor, action, subject, details = {} }) {
      await db.insert(activity).values({ actor, action, subject, details })
    },
    recent: (limit) => db.select().from(activity).orderBy(desc(activity.id)).limit(limit),
  }
}
