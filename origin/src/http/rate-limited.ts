import type { Context, MiddlewareHandler } from 'hono'
import type { RateLimiter } from '../domain/rate/rate-limiter.ts'
import { refuse } from '../domain/refusal.ts'
import type { DoorEnv } from './door.ts'

/**
 * Lets so many requests of one asker through in a minute, and tells in each answer what is left
 * (RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-10; Retry-After of RFC 9110).
 * @param askerOf whose budget a request is on; null for none
 */
export function rateLimited(
  limiter: Pick<RateLimiter, 'take'>,
  askerOf: (c: Context<DoorEnv>) => string | null,
): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const asker = askerOf(c)
    if (asker === null) return next()
    const { allowed, limit, remaining, resetS } = await limiter.take(asker)
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
