import { DurableObject } from 'cloudflare:workers'

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

interface Bucket {
  level: number
  at: number
}

/**
 * The request budget of one principal, the same for every isolate: a bucket that holds what may be
 * sent in a minute, and fills up evenly. It gives permits away in leases, so that not every request
 * has to ask, and fewer at a time the emptier it is, so that what one isolate holds is not missed
 * by another.
 */
export class RateBudget extends DurableObject {
  async lease({ perMinute, wanted }: LeaseRequest): Promise<Lease> {
    const { kv } = this.ctx.storage
    const now = Date.now()
    const stored = kv.get<Bucket>(BUCKET) ?? { level: perMinute, at: now }
    const perMs = perMinute / 60_000
    const level = Math.min(perMinute, stored.level + Math.max(0, now - stored.at) * perMs)
    if (level < 1) return { permits: 0, retryAfterMs: Math.ceil((1 - level) / perMs) }
    const permits = Math.max(1, Math.min(wanted, Math.floor(level / 4)))
    kv.put(BUCKET, { level: level - permits, at: now } satisfies Bucket)
    return { permits, retryAfterMs: 0 }
  }
}
