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
 * Feeds that one stream asks for. Cloudflare allows one exchange 50 requests to elsewhere (Workers
 * limits, free plan); a stream that had used them up would be open, and deaf.
 */
const MOST_FEEDS = 40

/** The longest pause between two feeds, as a multiple of the first. */
const LONGEST_PAUSES = 64

/**
 * Calls back for each change of the catalog until the signal aborts, or until {@link MOST_FEEDS} have
 * ended: then the stream that this is for should end, so that its client opens another. A feed that
 * breaks is asked for again, after longer and longer while there is none; when the catalog became
 * another one meanwhile, that is a change too.
 */
export async function followCatalog(
  ports: GatewayPorts,
  as: Caller,
  signal: AbortSignal,
  changed: (change: CatalogChange) => void,
): Promise<void> {
  let etag: string | null = null
  let pauses = 1
  for (let feed = 0; feed < MOST_FEEDS && !signal.aborted; feed++) {
    try {
      for await (const notice of ports.origin.changes(as, signal)) {
        if (notice.type === 'hello') {
          pauses = 1
          if (etag !== null && etag !== notice.etag) changed(ANYTHING)
          etag = notice.etag
        } else if (notice.type === 'catalog') changed(notice)
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof OriginRefusal)) ports.onFault(error)
    }
    await pause(ports.times.changesRetryMs * pauses, signal)
    pauses = Math.min(pauses * 2, LONGEST_PAUSES)
  }
}
