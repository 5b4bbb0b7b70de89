import type { Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { followCatalog, type CatalogChange } from '../serving/follow-catalog.ts'
import { openEventStream, type EventStream } from '../wire/event-stream.ts'
import { sseMessage } from '../wire/sse.ts'

/**
 * The stream that a GET opens (MCP 2025-11-25, basic/transports, listening for messages): what
 * belongs to no request, which is news of lists and of the resources that the session follows.
 */
export function openNoticeStream(
  ports: GatewayPorts,
  as: Caller,
  followed: () => Promise<string[]>,
): EventStream {
  const stream = openEventStream(ports.times.keepAliveMs)
  const tell = (method: string, params?: object) => {
    const message = { jsonrpc: '2.0', method, ...(params && { params }) }
    stream.write(sseMessage(JSON.stringify(message)))
  }
  async function tellOf({ lists, resources }: CatalogChange): Promise<void> {
    for (const list of lists) tell(`notifications/${list}/list_changed`)
    for (const uri of await followed()) {
      if (resources === null || resources.includes(uri))
        tell('notifications/resources/updated', { uri })
    }
  }
  ports.defer(
    followCatalog(ports, as, stream.over, (change) => {
      ports.defer(tellOf(change).catch(ports.onFault))
    }),
  )
  return stream
}
