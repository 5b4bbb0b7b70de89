import type { Principal } from '#contract/principal.ts'
import type { GatewayPorts } from '../ports.ts'
import { followCatalog } from '../serving/follow-catalog.ts'
import { openEventStream, type EventStream } from '../wire/event-stream.ts'
import { sseMessage } from '../wire/sse.ts'

const TOOLS_CHANGED = JSON.stringify({
  jsonrpc: '2.0',
  method: 'notifications/tools/list_changed',
})

/**
 * The stream that a GET opens (MCP 2025-11-25, basic/transports, listening for messages): what
 * belongs to no request, which is the news that the catalog changed.
 */
export function openNoticeStream(ports: GatewayPorts, as: Principal): EventStream {
  const stream = openEventStream(ports.times.keepAliveMs)
  const news = sseMessage(TOOLS_CHANGED)
  ports.defer(followCatalog(ports, as, stream.over, () => stream.write(news)))
  return stream
}
