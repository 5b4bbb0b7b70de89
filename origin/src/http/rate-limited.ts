import type { Context, MiddlewareHandler } from 'hono'
import type { RateLimiter } from '../domain/rate/rate-limiter.ts'
import { isDatabaseAway } from '../domain/database-away.ts'
import { refuse } from '../domain/refusal.ts'
import type { DoorEnv } from './door.ts'

/**
 * Lets so many requests of one asker through in a minute, and tells in each answer what is left
 * (RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-10; Retry-After of RFC 9110).
 * While the database is away nothing is counted: what needs it is refused anyway, and health is to be told.
 * @param askerOf whose budget a request is on; null for none
 */
export function rateLimited(
  limiter: Pick<RateLimiter, 'take'>,
  askerOf: (c: Context<DoorEnv>) => Promise<string | null>,
): MiddlewareHandler<DoorEnv> {
  async function take(c: Context<DoorEnv>) {
    try {
      const asker = await askerOf(c)
      return asker === null ? null : await limiter.take(asker)
    } catch (fault) {
      if (isDatabaseAway(fault)) return null
      throw fault
    }
  }
  return async (c, next) => {
    const taken = await take(c)
    if (taken === null) return next()
    const { allowed, limit, remaining, resetS } = taken
    c.header('ratelimit-policy', `"minute";q=${limit};w=60`)
    c.header('ratelimit', `"minute";r=${remaining};t=${resetS}`)
    if (allowed) return next()
    c.header('retry-after', String(resetS))
    return refuse(
      'rate_limited',
      `Only ${limit} requests a minute are let through; come again in ${resetS} s.`,
    )
  }
}
