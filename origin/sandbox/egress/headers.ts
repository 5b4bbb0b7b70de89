import type { EgressLimits } from './limits.ts'
import { Refused } from './refusal.ts'

export type Header = [name: string, value: string]

/** RFC 9110, 5.6.2 and 5.5: what a name and a value may be made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** One connection's own business (RFC 9110, 7.6.1), which is the broker's on either side. */
const HOP_BY_HOP = words(`
  connection keep-alive te trailer transfer-encoding upgrade proxy-connection
  proxy-authenticate proxy-authorization proxy-authentication-info http2-settings`)

/** What the broker says itself: where to, how long, in which encodings. */
const BROKERS_OWN = words(`host content-length expect accept-encoding`)

/** Length and encoding on the wire; the tool gets the decoded body. */
const WIRE_ONLY = words(`content-length content-encoding`)

/**
 * The headers of a tool that go out. Clients set many of the dropped ones by habit, so dropping is
 * silent; a header that could end the line it is on refuses the request.
 */
export function requestHeaders(headers: readonly Header[], limits: EgressLimits): Header[] {
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (headers.length > limits.headers || size > limits.headBytes) {
    throw new Refused({ reason: 'head_too_large' })
  }
  for (const [name, value] of headers) requireWellFormed(name, value)
  return without(headers, [HOP_BY_HOP, BROKERS_OWN])
}

/** Refuses a header that is not one line of a name and a value. */
export function requireWellFormed(name: string, value: string): void {
  if (!TOKEN.test(name) || !VALUE.test(value)) {
    throw new Refused({ reason: 'bad_header', header: name })
  }
}

/** The headers of a response that a tool sees, from Node's flat list. */
export function responseHeaders(raw: readonly string[], decoded: boolean): Header[] {
  const headers: Header[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return without(headers, decoded ? [HOP_BY_HOP, WIRE_ONLY] : [HOP_BY_HOP])
}

/** `Connection` names further headers that end here. */
function without(headers: readonly Header[], lists: readonly ReadonlySet<string>[]): Header[] {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
  const dropped = new Set(named.map((name) => name.trim()))
  return headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !dropped.has(lower) && !lists.some((list) => list.has(lower))
  })
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
