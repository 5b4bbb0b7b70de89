import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'

/** Proxies whose word about where a request came from is taken. */
export type TrustedProxies = Pick<BlockList, 'check'>

/**
 * Reads addresses and ranges (CIDR, RFC 4632 §3.1).
 * @throws with the one that is neither
 */
export function trustedProxies(ranges: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (family === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)) || prefix > most)
      throw new Error(`TRUSTED_PROXIES: ${range} is neither an address nor a range of them`)
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

/**
 * The address that a request came from. Each trusted proxy adds, at the end of `X-Forwarded-For`, the
 * address it was asked from: the last one that is no trusted proxy's counts, and nothing before it.
 */
export function clientAddress(
  c: { req: Pick<Context['req'], 'header'> },
  peer: string | undefined,
  trusted: TrustedProxies,
): string | null {
  let at = plain(peer)
  if (at === null) return null
  const said = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  while (isTrusted(at, trusted)) {
    const next = plain(said.pop())
    if (next === null) return at
    at = next
  }
  return at
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  return trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** An address without its zone, and IPv4 as it is and not as IPv6 writes it (RFC 4291 §2.5.5.2). */
function plain(address: string | undefined): string | null {
  const bare = (address ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(bare) === 0 ? null : bare
}

/** What stands for an address where askers are counted: a network of IPv6 that one asker has whole (/64). */
export function addressKey(address: string | null): string {
  if (address === null) return 'unknown'
  if (isIP(address) === 4) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const end = tail === '' ? [] : tail.split(':')
    while (groups.length + end.length < 8) groups.push('0')
    groups.push(...end)
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
