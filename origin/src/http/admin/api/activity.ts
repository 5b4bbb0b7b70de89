import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { Activity } from '../../../domain/activity.ts'
import { activityFeed } from '../../../domain/activity-feed.ts'
import type { NoticeBoard } from '../../../domain/notices.ts'
import { refuse } from '../../../domain/refusal.ts'
import type { Stores } from '../../../domain/stores.ts'
import type { Logger } from '../../../log.ts'
import { eventStream, type SentEvent } from '../../event-stream.ts'
import { routeOf, queryOf, serve } from './serve.ts'
import type { AdminEnv } from '../signed-in.ts'
import { activityView } from '../views.ts'
import { activitySocket } from './activity-socket.ts'
import { NewsPlaces } from './news-places.ts'
import { cursorOf, page } from './pages.ts'
import { stillSignedIn } from './still-signed-in.ts'
import { timeOf } from './times.ts'

const byId = cursorOf(z.object({ id: z.int().positive() }))
const EventId = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** What happened, and what happens. */
export function activityRoutes(
  routes: Hono<AdminEnv>,
  parts: { stores: Stores; notices: NoticeBoard; log: Logger },
): void {
  const { stores, notices, log } = parts
  const places = new NewsPlaces()
  const onFault = (fault: unknown) => log.error({ err: fault, door: 'admin' }, 'stream broke')

  serve(routes, ENDPOINTS.listActivity, async ({ query }) => {
    const { limit, cursor, request_id: requestId, since, until, ...filter } = query
    const rows = await stores.activity.page(
      { ...filter, requestId, since: timeOf(since), until: timeOf(until) },
      { before: byId.read(cursor)?.id ?? null, limit: limit + 1 },
    )
    return page(rows, limit, { view: activityView, cursor: byId, key: ({ id }) => ({ id }) })
  })

  /** What the query of a feed asks for, as long as the asker is signed in. */
  function feed(c: Context<AdminEnv>, asked: FeedQuery, seen: number | null, signal: AbortSignal) {
    const { request_id: requestId, after, ...filter } = asked
    const from = seen ?? after ?? null
    const news = activityFeed(stores.activity, notices, { ...filter, requestId }, from, signal)
    return stillSignedIn(c, stores.admins, news)
  }

  routes.get(routeOf(ENDPOINTS.streamActivity), (c) => {
    const asked = queryOf(c, ENDPOINTS.streamActivity)
    const seen = lastEventId(c)
    const place = places.take()
    const stop = new AbortController()
    stop.signal.addEventListener('abort', () => place[Symbol.dispose]())
    return eventStream(sent(feed(c, asked, seen, stop.signal)), stop, onFault)
  })

  routes.get(
    routeOf(ENDPOINTS.openActivitySocket),
    activitySocket({
      places,
      onFault,
      open: (c, signal) => feed(c, queryOf(c, ENDPOINTS.openActivitySocket), null, signal),
    }),
  )
}

type FeedQuery = z.output<typeof ENDPOINTS.streamActivity.query>

function lastEventId(c: Context): number | null {
  const given = c.req.header('last-event-id')
  if (given === undefined || given === '') return null
  const id = EventId.safeParse(given)
  return id.success ? id.data : refuse('invalid_request', 'Last-Event-ID: must be one of our ids')
}

async function* sent(news: AsyncIterable<Activity>): AsyncGenerator<SentEvent> {
  for await (const activity of news)
    yield { id: activity.id, event: 'activity', data: activityView(activity) }
}
