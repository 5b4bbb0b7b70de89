import { Catalog } from '#contract/catalog.ts'
import { principalKey } from '#contract/principal.ts'
import type { Caller } from '#gateway/origin.ts'
import { OriginAway, type TunnelDoor } from './tunnel-door.ts'

/** Principals whose catalog is kept; the one that was asked for least recently goes first. */
const KEPT_CATALOGS = 100

/** How long a newer catalog is waited for when there is a known one, in milliseconds. */
const NEWER_MS = 2_000

/**
 * The catalog as each principal may see it, asked for by ETag (RFC 9110 §13.1.2). While the origin
 * is away the last known one is served. One per isolate.
 */
export class CatalogCache {
  readonly #door: TunnelDoor
  readonly #known = new Map<string, Catalog>()

  constructor(door: TunnelDoor) {
    this.#door = door
  }

  /** Throws OriginAway only when there is no last known catalog. */
  async get(as: Caller, signal: AbortSignal): Promise<Catalog> {
    const key = principalKey(as.principal)
    const known = this.#known.get(key)
    try {
      const catalog = await this.#ask(as, signal, known)
      this.#keep(key, catalog)
      return catalog
    } catch (error) {
      if (known !== undefined && error instanceof OriginAway) return known
      throw error
    }
  }

  async #ask(as: Caller, signal: AbortSignal, known: Catalog | undefined): Promise<Catalog> {
    const response = await this.#door.ask(as, {
      method: 'GET',
      path: '/catalog',
      ...(known && { headers: { 'if-none-match': quoted(known.etag) }, answerMs: NEWER_MS }),
      signal,
    })
    if (response.status === 304 && known !== undefined) return known
    return Catalog.parse(await response.json())
  }

  #keep(key: string, catalog: Catalog): void {
    this.#known.delete(key)
    this.#known.set(key, catalog)
    const [oldest] = this.#known.keys()
    if (this.#known.size > KEPT_CATALOGS && oldest !== undefined) this.#known.delete(oldest)
  }
}

function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`
}
