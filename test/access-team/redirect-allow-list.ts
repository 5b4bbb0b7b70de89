/** Which redirect URIs clients may register, as an application's `dynamic_client_registration` says. */
export interface RedirectAllowList {
  allowed_uris: readonly string[]
  /** `allow_any_on_localhost` and `allow_any_on_loopback` together. */
  anyLoopback: boolean
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]']

/** An entry is exact, or ends in `/*` and stands for every path below it. */
export function isAllowed(list: RedirectAllowList, uri: string): boolean {
  if (list.anyLoopback && isLoopback(uri)) return true
  return list.allowed_uris.some((allowed) =>
    allowed.endsWith('/*') ? uri.startsWith(allowed.slice(0, -1)) : uri === allowed,
  )
}

/** Whether a client that registered one URI may ask for the other: loopback ports are free (RFC 8252 §7.3). */
export function isSameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true
  if (!isLoopback(registered) || !isLoopback(asked)) return false
  return withoutPort(registered) === withoutPort(asked)
}

function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && LOOPBACK_HOSTS.includes(hostname)
}

function withoutPort(uri: string): string {
  const url = new URL(uri)
  url.port = ''
  return url.href
}
