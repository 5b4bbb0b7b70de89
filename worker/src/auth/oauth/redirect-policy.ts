/**
 * Schemes of their own that native clients are known to use. Others are taken when they are named
 * after a domain, as RFC 8252 §7.1 wants them (`com.example.app`).
 */
const NATIVE = new Set(['cursor:', 'vscode:', 'vscode-insiders:'])
const AFTER_A_DOMAIN = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Who gets what is sent to a redirect URI. */
export type Recipient =
  | { kind: 'site'; host: string }
  /** A program on the machine of whoever opens it: any program that listens there. */
  | { kind: 'this_machine'; host: string }
  /** Whatever app the device has for this scheme. */
  | { kind: 'app'; scheme: string }

/**
 * Who a redirect URI belongs to; null for one that no client may use. Whether it is one of the
 * client's own, by exact comparison (OAuth 2.1 §2.3.1; RFC 8252 §7.3 for the port of a loopback
 * address), is another question.
 */
export function recipientOf(redirectUri: string): Recipient | null {
  const url = URL.parse(redirectUri)
  if (url === null || redirectUri.includes('#') || url.username !== '' || url.password !== '')
    return null
  const { protocol, host, hostname } = url
  if (LOOPBACK.test(hostname))
    return protocol === 'http:' || protocol === 'https:' ? { kind: 'this_machine', host } : null
  if (protocol === 'https:') return { kind: 'site', host }
  if (NATIVE.has(protocol) || AFTER_A_DOMAIN.test(protocol))
    return { kind: 'app', scheme: protocol.slice(0, -1) }
  return null
}
