import { Refused } from './refusal.ts'

/** Where a request goes, read once. */
export type Target = {
  url: URL
  secure: boolean
  /** Lower case, IDNA, no brackets, no trailing dot. */
  host: string
  port: number
  /** The Host header's value (RFC 9110, 7.2). */
  authority: string
}

/** Reads a URL as browsers do (WHATWG URL), and refuses what is not plain http or https. */
export function readTarget(text: string): Target {
  const url = parse(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Refused({ reason: 'bad_scheme', scheme: url.protocol.replace(/:$/, '') })
  }
  if (url.username !== '' || url.password !== '') throw new Refused({ reason: 'userinfo' })
  const named = url.hostname.replace(/\.$/, '')
  if (named === '') throw new Refused({ reason: 'bad_url' })
  const secure = url.protocol === 'https:'
  return {
    url,
    secure,
    host: named.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authority: url.port === '' ? named : `${named}:${url.port}`,
  }
}

/** Same scheme, host and port (RFC 6454, 5). */
export function isSameOrigin(one: Target, other: Target): boolean {
  return one.secure === other.secure && one.host === other.host && one.port === other.port
}

function parse(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new Refused({ reason: 'bad_url' })
  return url
}
