import type { Header } from './headers.ts'
import { bearsPlaceholder } from './placeholder.ts'
import { isSameOrigin, readTarget, type Target } from './target.ts'

/** One request of a chain of redirects, as the tool wrote it: placeholders are not filled in. */
export type Hop = {
  target: Target
  method: string
  headers: readonly Header[]
  body: Buffer | null
  /** Whether the URL is the tool's own words. A server's Location is never filled in. */
  ownUrl: boolean
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

/** Headers that speak of the body (RFC 9110, 15.4). */
const OF_THE_BODY = /^content-(?:encoding|language|location|type)$/i
/** Headers that by their name prove who asks. */
const CREDENTIALS = /auth|cookie|token|secret|session|signature|password|credential|api-?key/i

/**
 * The request that a redirect asks for, or null when the response is none (Fetch, "HTTP-redirect
 * fetch"; RFC 9110, 15.4). Its target is not approved yet. Credentials stay with the origin that
 * they were written for.
 */
export function nextHop(
  hop: Hop,
  from: Target,
  status: number,
  location: string | null,
): Hop | null {
  if (!REDIRECTS.includes(status) || location === null) return null
  const target = readTarget(URL.parse(location, from.url.href)?.href ?? location)
  const toGet =
    status === 303
      ? hop.method !== 'GET' && hop.method !== 'HEAD'
      : (status === 301 || status === 302) && hop.method === 'POST'
  const foreign = !isSameOrigin(from, target)
  return {
    target,
    method: toGet ? 'GET' : hop.method,
    headers: hop.headers.filter(
      ([name, value]) =>
        !(toGet && OF_THE_BODY.test(name)) && !(foreign && isCredential(name, value)),
    ),
    body: toGet ? null : hop.body,
    ownUrl: false,
  }
}

function isCredential(name: string, value: string): boolean {
  return CREDENTIALS.test(name) || bearsPlaceholder(value)
}
