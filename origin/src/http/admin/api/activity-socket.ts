import { upgradeWebSocket } from '@hono/node-server'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { WebSocket } from 'ws'
import { HEARTBEAT_MS } from '#contract/limits.ts'
import { visibleJson } from '#contract/visible-text.ts'
import type { Activity } from '../../../domain/activity.ts'
import { refuse, Refusal } from '../../../domain/refusal.ts'
import type { AdminEnv } from '../signed-in.ts'
import { activityView } from '../views.ts'
import type { NewsPlaces } from './news-places.ts'

/** Bytes that wait for a slow reader before it is sent away; it comes back with `after`. */
const MOST_WAITING = 1_000_000

/** Close codes of RFC 6455 §7.4.1 and of IANA's registry. */
const ENDED = 1000
const NOT_TAKEN = 1008
const TRY_AGAIN = 1013

/** News on a WebSocket: each a text of JSON. Nothing is taken from the other side. */
export function activitySocket(parts: {
  places: NewsPlaces
  open: (c: Context<AdminEnv>, signal: AbortSignal) => AsyncIterable<Activity>
  onFault: (fault: unknown) => void
}) {
  const { places, open, onFault } = parts
  const upgrade = upgradeWebSocket((c: Context<AdminEnv>) => {
    const gone = new AbortController()
    const news = open(c, gone.signal)
    return {
      onOpen(_event, { raw: socket }) {
        if (!(socket instanceof WebSocket)) return
        void send(socket, news, gone, places).catch(onFault)
      },
      onMessage: (_event, socket) => socket.close(NOT_TAKEN, 'nothing is taken here'),
      onClose: () => gone.abort(),
    }
  })
  return createMiddleware<AdminEnv>(async (c, next) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refuse('invalid_request', 'This is a WebSocket; /api/activity/stream is for others.')
    places.assertFree()
    return upgrade(c, next)
  })
}

async function send(
  socket: WebSocket,
  news: AsyncIterable<Activity>,
  gone: AbortController,
  places: NewsPlaces,
): Promise<void> {
  using ending = new DisposableStack()
  ending.defer(() => gone.abort())
  try {
    ending.use(places.take())
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return socket.close(TRY_AGAIN, 'too many streams')
  }
  let answered = true
  socket.on('pong', () => (answered = true))
  const beat = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, HEARTBEAT_MS)
  ending.defer(() => clearInterval(beat))
  for await (const activity of news) {
    if (socket.bufferedAmount > MOST_WAITING) return socket.close(TRY_AGAIN, 'too slow')
    socket.send(visibleJson(activityView(activity)))
  }
  socket.close(ENDED)
}
