import { z } from 'zod'

/** Name or address, and port. A colon in an address stands in brackets (RFC 3986, 3.2.2). */
const PARTS = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/
const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`)
const ADDRESS = /^(?:\[[0-9a-f:.]+\]|\d+\.\d+\.\d+\.\d+)$/
/** What would turn a host into some other part of a URL, or be dropped from it unseen. */
const NOT_IN_A_HOST = /[\s\p{Cc}/\\?#@%]/u

/** Does what the WHATWG URL parser does with a host: case, IDNA, the many spellings of IPv4. */
const HostParser = z.url({ normalize: true })

/**
 * The one way to write a grant, or null when the text is none: `host`, `host:port`,
 * `*.example.com` (any depth below, not the apex), `192.168.1.4:8080`, `[fd00::1]`.
 */
export function normalHostGrant(text: string): string | null {
  const wildcard = text.startsWith('*.')
  const [, written = '', digits] = PARTS.exec(wildcard ? text.slice(2) : text) ?? []
  if (written === '' || NOT_IN_A_HOST.test(written)) return null
  const host = normalHost(written)
  if (host === null || (wildcard && !canHaveSubdomains(host))) return null
  const port = digits === undefined ? null : Number(digits)
  if (port !== null && (port < 1 || port > 65_535)) return null
  return `${wildcard ? '*.' : ''}${host}${port === null ? '' : `:${port}`}`
}

function normalHost(written: string): string | null {
  const url = HostParser.safeParse(`https://${written}/`)
  if (!url.success) return null
  const host = url.data.slice('https://'.length, -1).replace(/\.$/, '')
  return NAME.test(host) || ADDRESS.test(host) ? host : null
}

/** Addresses have none, and all of a top-level domain is nobody's to approve. */
function canHaveSubdomains(host: string): boolean {
  return host.includes('.') && !ADDRESS.test(host)
}

/**
 * One line of a manifest: a host that a version may reach, in its normal form. Without a port it
 * means 443 for https and 80 for http.
 */
export const HostGrant = z
  .string()
  .max(260)
  .refine(
    (text) => normalHostGrant(text) === text,
    'must be a host name or address, with a port if need be, such as `api.example.com`, ' +
      '`*.example.com` or `nas.lan:8080`, in lower case and without scheme, path or trailing dot',
  )
  .brand('HostGrant')
export type HostGrant = z.infer<typeof HostGrant>

/** Splits a grant. `host` has neither brackets nor `*.`. */
export function readHostGrant(grant: HostGrant): HostGrantParts {
  const subdomains = grant.startsWith('*.')
  const [, host = '', digits] = PARTS.exec(subdomains ? grant.slice(2) : grant) ?? []
  return {
    host: host.replace(/^\[|\]$/g, ''),
    subdomains,
    port: digits === undefined ? null : Number(digits),
  }
}

type HostGrantParts = { host: string; subdomains: boolean; port: number | null }

/** Whether one grant allows all that another does. A port counts as it is written. */
export function coversHost(wide: HostGrant, narrow: HostGrant): boolean {
  const [outer, inner] = [readHostGrant(wide), readHostGrant(narrow)]
  if (outer.port !== inner.port) return false
  const same = outer.host === inner.host && outer.subdomains === inner.subdomains
  return same || (outer.subdomains && inner.host.endsWith(`.${outer.host}`))
}
