import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { SANDBOX_KEY_HEADER } from '#contract/sandbox.ts'
import { Refusal } from './problem.ts'

/** Lets a request pass that carries the key. Takes the same time for every wrong one. */
export function requireKey(key: string): MiddlewareHandler {
  const expected = digest(key)
  return async (context, next) => {
    const given = context.req.header(SANDBOX_KEY_HEADER)
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new Refusal(401, 'unauthenticated', `send the sandbox's key as ${SANDBOX_KEY_HEADER}`)
    }
    await next()
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
