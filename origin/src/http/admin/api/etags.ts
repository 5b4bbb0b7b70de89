import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { canonicalJson } from '#contract/json.ts'
import { refuse } from '../../../domain/refusal.ts'

/** Names a representation (RFC 9110 §8.8.3): the same for equal ones, and for no others. */
export function etagOf(view: object): string {
  return `"${createHash('sha256').update(canonicalJson(view)).digest('base64url').slice(0, 27)}"`
}

/** The view, with its ETag in the answer. */
export function tagged<V extends object>(c: Context, view: V): V {
  c.header('etag', etagOf(view))
  return view
}

/**
 * Lets a change through that was made knowing what is there now (RFC 9110 §13.1.1). The caller has
 * locked it.
 * @throws Refusal precondition_required, precondition_failed
 */
export function assertMatch(c: Context, current: object): void {
  const given = c.req.header('if-match')
  if (given === undefined)
    return refuse('precondition_required', 'Send the ETag of what you change in If-Match.')
  const named = given.split(',').map((tag) => tag.trim())
  if (!named.includes('*') && !named.includes(etagOf(current)))
    refuse('precondition_failed', 'Somebody changed this meanwhile; read it again and change that.')
}
