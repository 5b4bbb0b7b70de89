import { CatalogList } from '#contract/catalog.ts'
import { OriginRefusal, type Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { pause } from './pause.ts'

export interface CatalogChange {
  lists: CatalogList[]
  /** Addresses of changed resources; null when any may have changed. */
  resources: string[] | null
}

const ANYTHING: CatalogChange = { lists: CatalogList.options, resources: null }

/**
 * Calls back for each change of the catalog until the signal aborts. A feed that breaks is asked
 * for again; when the catalog became another one meanwhile, that is a change too.
 */
export async function followCatalog(
  ports: GatewayPorts,
  as: Caller,
  signal: AbortSignal,
  changed: (change: CatalogChange) => void,
): Promise<void> {
  let etag: string | null = null
  while (!signal.aborted) {
    try {
      for await (const notice of ports.origin.changes(as, signal)) {
        if (notice.type === 'hello') {
          if (etag !== null && etag !== notice.etag) changed(ANYTHING)
          etag = notice.etag
        } else if (notice.type === 'catalog') changed(notice)
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof OriginRefusal)) ports.onFault(error)
    }
    await pause(ports.times.changesRetryMs, signal)
  }
}
