import { DurableObject } from 'cloudflare:workers'
import { extendLease } from './lease.ts'

/** Something kept, and what tells it from what was kept before. */
export interface Kept {
  etag: string
  text: string
}

/** A stored value has 2 MB at most; a character takes up to three bytes of them. */
const CHUNK_CHARS = 500_000

/** How long something is kept that no isolate has asked about: 30 days, as long as a session id. */
const KEPT_MS = 30 * 86_400_000

const ETAG = 'etag'
const CHUNKS = 'chunks'
const AWAY_SINCE = 'away_since'
const chunkKey = (at: number) => `chunk:${at}`

/**
 * What the Worker must know after its isolates have come and gone: one object for each thing that is
 * remembered (the catalog of one principal, the keys of one issuer, since when the origin is away).
 * It works for nothing but a few short calls, so that it is hardly ever awake, and removes what
 * nobody has asked about for {@link KEPT_MS}.
 */
export class EdgeMemory extends DurableObject {
  /** What was kept last; null when nothing was. */
  async read(): Promise<Kept | null> {
    const { kv } = this.ctx.storage
    const etag = kv.get<string>(ETAG)
    const chunks = kv.get<number>(CHUNKS)
    if (etag === undefined || chunks === undefined) return null
    await extendLease(this.ctx.storage, KEPT_MS)
    const texts = Array.from({ length: chunks }, (_, at) => kv.get<string>(chunkKey(at)))
    return { etag, text: texts.join('') }
  }

  /** The etag of what was kept last; null when nothing was. */
  async etag(): Promise<string | null> {
    const etag = this.ctx.storage.kv.get<string>(ETAG)
    if (etag === undefined) return null
    await extendLease(this.ctx.storage, KEPT_MS)
    return etag
  }

  /** Takes the place of what was kept before; of the same again, nothing is written. */
  async keep({ etag, text }: Kept): Promise<void> {
    const { storage } = this.ctx
    if (storage.kv.get<string>(ETAG) === etag) return extendLease(storage, KEPT_MS)
    const chunks = Math.ceil(text.length / CHUNK_CHARS)
    storage.transactionSync(() => {
      const before = storage.kv.get<number>(CHUNKS) ?? 0
      for (let at = chunks; at < before; at++) storage.kv.delete(chunkKey(at))
      for (let at = 0; at < chunks; at++)
        storage.kv.put(chunkKey(at), text.slice(at * CHUNK_CHARS, (at + 1) * CHUNK_CHARS))
      storage.kv.put(CHUNKS, chunks)
      storage.kv.put(ETAG, etag)
    })
    await extendLease(storage, KEPT_MS)
  }

  /** Nobody has asked for long. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }

  /**
   * Notes that something is away, and says since when: the first time that anybody missed it after
   * it was last seen. All in milliseconds since 1970. It has no lease: what is there again removes it.
   * @param lastSeen when the asker saw it itself; an older note is of an absence that is over
   */
  async missed(at: number, lastSeen: number): Promise<number> {
    const { kv } = this.ctx.storage
    const since = kv.get<number>(AWAY_SINCE)
    if (since !== undefined && since <= at && since >= lastSeen) return since
    kv.put(AWAY_SINCE, at)
    return at
  }

  /** Notes that it is there. */
  async seen(): Promise<void> {
    const { kv } = this.ctx.storage
    if (kv.get<number>(AWAY_SINCE) !== undefined) kv.delete(AWAY_SINCE)
  }
}
