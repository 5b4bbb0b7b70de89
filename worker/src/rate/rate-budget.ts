import { DurableObject } from 'cloudflare:workers'
import { extendLease } from '../memory/lease.ts'

/** What an isolate asks for on behalf of one principal. */
export interface LeaseRequest {
  perMinute: number
  /** How many permits it would use up before long. */
  wanted: number
}

/** Permits that only the isolate that got them may use. */
export interface Lease {
  permits: number
  /** Until the next permit, in milliseconds; 0 where some were given. */
  retryAfterMs: number
}

const BUCKET = 'bucket'
const MINUTE_MS = 60_000
/** An idle object is not forgotten sooner (Durable Objects, lifecycle). */
const REMEMBERED_MS = 10_000
/** How long a stored bucket is kept, which is full again after a minute. */
const KEPT_MS = 86_400_000

interface Bucket {
  level: number
  at: number
}

/**
 * The request budget of one principal, the same for every isolate: a bucket that holds what may be
 * sent in a minute, and fills up evenly. It gives permits away in leases, so that not every request
 * has to ask, and fewer at a time the emptier it is, so that what one isolate holds is not missed
 * by another.
 *
 * It lives in memory. Only one that an idle object could lose before it is full again is stored, for
 * each row that is written costs more than the request that it is about: whoever sends less than a
 * sixth of their budget in ten seconds writes none.
 */
export class RateBudget extends DurableObject {
  #bucket: Bucket | null = null

  async lease({ perMinute, wanted }: LeaseRequest): Promise<Lease> {
    const now = Date.now()
    const perMs = perMinute / MINUTE_MS
    const before = this.#bucket ?? this.ctx.storage.kv.get<Bucket>(BUCKET)
    const { level: left, at } = before ?? { level: perMinute, at: now }
    const level = Math.min(perMinute, left + Math.max(0, now - at) * perMs)
    if (level < 1) return { permits: 0, retryAfterMs: Math.ceil((1 - level) / perMs) }
    const permits = Math.max(1, Math.min(wanted, Math.floor(level / 4)))
    this.#bucket = { level: level - permits, at: now }
    if (this.#bucket.level + REMEMBERED_MS * perMs < perMinute) await this.#store(this.#bucket)
    return { permits, retryAfterMs: 0 }
  }

  /** The bucket has been full for hours. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }

  async #store(bucket: Bucket): Promise<void> {
    this.ctx.storage.kv.put(BUCKET, bucket)
    await extendLease(this.ctx.storage, KEPT_MS)
  }
}
