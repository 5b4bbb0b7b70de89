import type { KeyMemory } from '../auth/issuer-keys.ts'
import type { CatalogMemory } from '../origin/catalog-cache.ts'
import type { AwayMemory } from '../origin/reachability.ts'
import type { EdgeMemory } from './edge-memory.ts'

/** What outlives the isolate, each thing in an object of its own. */
export interface Remembered {
  keysOf(issuer: URL): KeyMemory
  catalogs: CatalogMemory
  away: AwayMemory
}

/**
 * @param defer keeps the isolate awake for what nobody waits for
 * @param onFault hears when that failed
 */
export function remembered(
  objects: DurableObjectNamespace<EdgeMemory>,
  defer: (work: Promise<void>) => void,
  onFault: (fault: unknown) => void,
): Remembered {
  const later = (work: Promise<void>) => defer(work.catch(onFault))
  const origin = () => objects.getByName('origin')
  const catalogOf = (principal: string) => objects.getByName(`catalog:${principal}`)

  async function keepCatalog(principal: string, etag: string, text: () => string): Promise<void> {
    const object = catalogOf(principal)
    // Most isolates come upon a catalog that another one has kept: it is large, its etag is not.
    if ((await object.etag()) !== etag) await object.keep({ etag, text: text() })
  }

  return {
    keysOf(issuer) {
      const object = () => objects.getByName(`keys:${issuer.href}`)
      return {
        read: async () => (await object().read())?.text ?? null,
        keep: (text, etag) => later(object().keep({ etag, text })),
      }
    },
    catalogs: {
      read: async (principal) => (await catalogOf(principal).read())?.text ?? null,
      keep: (principal, etag, text) => later(keepCatalog(principal, etag, text)),
    },
    away: {
      missed: (at, lastSeen) => origin().missed(at, lastSeen),
      seen: () => later(origin().seen()),
    },
  }
}
