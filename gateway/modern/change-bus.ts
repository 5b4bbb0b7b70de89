import type { ServerEventBus } from '@modelcontextprotocol/server'
import type { Principal } from '#contract/principal.ts'
import type { GatewayPorts } from '../ports.ts'
import { followCatalog } from '../serving/follow-catalog.ts'

/**
 * Feeds `subscriptions/listen` from the origin's changes: the feed is opened by the first
 * subscriber and closed when it leaves. Nobody publishes here.
 */
export function changeBus(ports: GatewayPorts, as: Principal): ServerEventBus {
  return {
    publish() {
      throw new Error('Changes come from the origin only')
    },
    subscribe(listener) {
      const gone = new AbortController()
      const tell = () => listener({ kind: 'tools_list_changed' })
      ports.defer(followCatalog(ports, as, gone.signal, tell))
      return () => gone.abort()
    },
  }
}
