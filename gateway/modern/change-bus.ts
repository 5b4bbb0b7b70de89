import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server'
import type { Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { followCatalog, type CatalogChange } from '../serving/follow-catalog.ts'

/**
 * Feeds `subscriptions/listen` from the origin's changes: the feed is opened by the first
 * subscriber and closed when it leaves. Nobody publishes here.
 *
 * @param told.full there is no place for a subscriber, who then hears nothing
 * @param told.lost a subscriber hears nothing more, and should subscribe anew
 */
export function changeBus(
  ports: GatewayPorts,
  as: Caller,
  told: { full: () => void; lost: () => void },
): ServerEventBus {
  return {
    publish() {
      throw new Error('Changes come from the origin only')
    },
    subscribe(listener) {
      const leave = ports.listeners.enter()
      if (leave === null) {
        told.full()
        return () => {}
      }
      const gone = new AbortController()
      const tell = (change: CatalogChange) => eventsOf(change).forEach(listener)
      ports.defer(followCatalog(ports, as, gone.signal, tell).then(told.lost))
      return () => {
        leave()
        gone.abort()
      }
    },
  }
}

/** Which resources changed is told one by one; a feed that broke tells of lists only. */
function eventsOf({ lists, resources }: CatalogChange): ServerEvent[] {
  return [
    ...lists.map((list) => ({ kind: `${list}_list_changed` as const })),
    ...(resources ?? []).map((uri) => ({ kind: 'resource_updated' as const, uri })),
  ]
}
