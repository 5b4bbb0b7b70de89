import type { Activity, ActivityFilter, ActivityStore } from './activity.ts'
import type { NoticeBoard } from './notices.ts'
import { Wake } from './wake.ts'

/** Longest time between two looks, in case a notice was lost. */
const LOOK_MS = 60_000
const PAGE = 100

/**
 * What happens from now on, or has happened since the id `after`, as it is kept by any replica;
 * each thing once, in order. Ends when the signal aborts.
 */
export async function* activityFeed(
  store: Pick<ActivityStore, 'newest' | 'between'>,
  notices: NoticeBoard,
  filter: ActivityFilter,
  after: number | null,
  signal: AbortSignal,
): AsyncGenerator<Activity> {
  using wake = new Wake(signal)
  using _listening = notices.on('mcpbox_activity', () => wake.wake())
  let seen = after ?? (await store.newest())
  while (!signal.aborted) {
    const upTo = await store.newest()
    for (let full = upTo > seen; full && !signal.aborted;) {
      const page = await store.between(filter, { after: seen, upTo, limit: PAGE })
      for (const activity of page) {
        if (signal.aborted) return
        yield activity
      }
      full = page.length === PAGE
      seen = full ? (page.at(-1)?.id ?? upTo) : upTo
    }
    await wake.next(LOOK_MS)
  }
}
