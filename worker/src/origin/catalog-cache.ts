import { Catalog } from '#contract/catalog.ts'
import { principalKey } from '#contract/principal.ts'
import { RecentMap } from '#contract/recent-map.ts'
import type { Caller } from '#gateway/origin.ts'
import { OriginAway } from './origin-away.ts'
import type { TunnelDoor } from './tunnel-door.ts'

/** Principals whose catalog is kept; the one that was asked for least recently goes first. */
const KEPT_CATALOGS = 100

/**
 * How long the catalog is waited for, in milliseconds: when there is none that is known, by clients
 * that give up on an introduction after 10 s, and when there is.
 */
const FIRST_MS = 8_000
const NEWER_MS = 2_000

/** Keeps the last known catalog of each principal (`principalKey`) beyond this isolate. */
export interface CatalogMemory {
  /** As JSON. */
  read(principal: string): Promise<string | null>
  keep(principal: string, etag: string, text: () => string): void
}

/**
 * The catalog as each principal may see it, asked for by ETag (RFC 9110 §13.1.2). While the origin
 * is away the last known one is served. One per isolate.
 */
export class CatalogCache {
  readonly #door: TunnelDoor
  readonly #memory: CatalogMemory
  readonly #known = new RecentMap<Catalog>(KEPT_CATALOGS)

  constructor(door: TunnelDoor, memory: CatalogMemory) {
    this.#door = door
    this.#memory = memory
  }

  /** Throws OriginAway only when there is no last known catalog. */
  async get(as: Caller, signal: AbortSignal): Promise<Catalog> {
    const key = principalKey(as.principal)
    const known = this.#known.get(key)
    try {
      const catalog = await this.#ask(as, signal, known)
      if (known?.etag !== catalog.etag)
        this.#memory.keep(key, catalog.etag, () => JSON.stringify(catalog))
      this.#known.set(key, catalog)
      return catalog
    } catch (error) {
      if (!(error instanceof OriginAway)) throw error
      const last = known ?? (await this.#remembered(key))
      if (last === null) throw error
      return last
    }
  }

  /** The last known catalog, without asking for a newer one; null when none is known. */
  async lastKnown({ principal }: Pick<Caller, 'principal'>): Promise<Catalog | null> {
    const key = principalKey(principal)
    return this.#known.get(key) ?? (await this.#remembered(key))
  }

  async #ask(as: Caller, signal: AbortSignal, known: Catalog | undefined): Promise<Catalog> {
    const { status, json } = await this.#door.askWhole(as, {
      method: 'GET',
      path: '/catalog',
      ...(known && { headers: { 'if-none-match': quoted(known.etag) } }),
      answerMs: known ? NEWER_MS : FIRST_MS,
      signal,
    })
    if (status === 304 && known !== undefined) return known
    const catalog = Catalog.safeParse(json)
    if (catalog.success) return catalog.data
    const options = { cause: catalog.error }
    throw new OriginAway('origin_down', 'What answered sent no catalog', options)
  }

  async #remembered(key: string): Promise<Catalog | null> {
    const catalog = Catalog.nullable().parse(JSON.parse((await this.#memory.read(key)) ?? 'null'))
    if (catalog !== null) this.#known.set(key, catalog)
    return catalog
  }
}

function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`
}
