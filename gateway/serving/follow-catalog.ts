import type { Principal } from '#contract/principal.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { pause } from './pause.ts'

/**
 * Calls back for each change of the catalog until the signal aborts. A feed that breaks is asked
 * for again; when the catalog became another one meanwhile, that is a change too.
 */
export async function followCatalog(
  ports: GatewayPorts,
  as: Principal,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  let etag: string | null = null
  while (!signal.aborted) {
    try {
      for await (const notice of ports.origin.changes(as, signal)) {
        if (notice.type === 'hello') {
          if (etag !== null && etag !== notice.etag) changed()
          etag = notice.etag
        } else if (notice.type === 'catalog') changed()
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof OriginRefusal)) ports.onFault(error)
    }
    await pause(ports.times.changesRetryMs, signal)
  }
}
