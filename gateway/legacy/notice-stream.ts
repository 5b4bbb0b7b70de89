import type { Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { followCatalog, type CatalogChange } from '../serving/follow-catalog.ts'
import { TOO_MANY_LISTENERS } from '../serving/listeners.ts'
import { pause } from '../serving/pause.ts'
import { openEventStream, type EventStream } from '../wire/event-stream.ts'
import { rpcError } from '../wire/rpc-error.ts'
import { sseMessage } from '../wire/sse.ts'
import { sessionUnknown } from './replies.ts'
import type { Listening, SessionHost } from './session-host.ts'
import type { SessionClaims } from './session-id.ts'

/**
 * Answers the GET of a client that listens (MCP 2025-11-25, basic/transports, listening for
 * messages) with a stream of what belongs to no request: news of lists and of the resources that
 * the session follows. A newer stream of the session takes the place of an older one, because its
 * client has lost that.
 *
 * The stream is served here, and its session is asked only when there is news and every
 * `listeningCheckMs`: a session that had to carry it would be awake for as long as anybody listens.
 * A stream whose session has ended, or that was replaced, ends the next time that it asks, and
 * before it tells anything; at once where the host says so.
 */
export async function openNoticeStream(
  ports: GatewayPorts,
  sessions: Pick<SessionHost, 'listen'>,
  claims: SessionClaims,
  as: Caller,
): Promise<Response> {
  const stream = openEventStream(ports.times.keepAliveMs)
  try {
    const listening = await sessions.listen(claims, stream.close)
    if (listening === null) return refused(stream, sessionUnknown(null))
    const leave = ports.listeners.enter()
    if (leave === null) return refused(stream, rpcError(TOO_MANY_LISTENERS))
    stream.over.addEventListener('abort', leave, { once: true })
    tellNews(ports, as, stream, listening)
    return stream.response
  } catch (fault) {
    stream.close()
    throw fault
  }
}

function refused(stream: EventStream, refusal: Response): Response {
  stream.close()
  return refusal
}

function tellNews(ports: GatewayPorts, as: Caller, stream: EventStream, to: Listening): void {
  async function tellOf({ lists, resources }: CatalogChange): Promise<void> {
    const followed = await to.followed()
    if (followed === null) return stream.close()
    for (const list of lists) tell(stream, `notifications/${list}/list_changed`)
    for (const uri of followed) {
      if (resources === null || resources.includes(uri))
        tell(stream, 'notifications/resources/updated', { uri })
    }
  }
  const later = (work: Promise<void>) => ports.defer(work.catch(ports.onFault))
  const following = followCatalog(ports, as, stream.over, (change) => later(tellOf(change)))
  later(following.then(stream.close))
  later(endWithPlace(ports, stream, to))
}

/** Ends a stream that has nothing more to tell, though there is no news that would show it. */
async function endWithPlace(ports: GatewayPorts, stream: EventStream, to: Listening) {
  for (;;) {
    await pause(ports.times.listeningCheckMs, stream.over)
    if (stream.over.aborted) return
    try {
      if ((await to.followed()) === null) stream.close()
    } catch (fault) {
      // A session that cannot be asked now can be asked the next time.
      ports.onFault(fault)
    }
  }
}

function tell(stream: EventStream, method: string, params?: object): void {
  stream.write(sseMessage(JSON.stringify({ jsonrpc: '2.0', method, ...(params && { params }) })))
}
