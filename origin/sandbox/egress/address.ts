import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * Who may reach an address. `private`: only a grant that names that very host. `never`: nobody,
 * whatever was approved.
 */
export type Reach = 'public' | 'private' | 'never'

type Subnet = [net: string, prefix: number]

/** IANA special-purpose registry (RFC 6890), and the metadata services of clouds. */
const NEVER_V4: Subnet[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local; 169.254.169.254
  ['192.0.0.0', 24], // protocol assignments; 192.0.0.192 at Oracle
  ['192.0.2.0', 24], // documentation (RFC 5737)
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['192.88.99.0', 24], // 6to4 relays (RFC 7526)
  ['198.18.0.0', 15], // benchmarking
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
  ['100.100.100.200', 32], // metadata at Alibaba
  ['168.63.129.16', 32], // the host at Azure
]

const PRIVATE_V4: Subnet[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10], // carrier-grade NAT (RFC 6598)
]

/** Global unicast is all there is to reach (RFC 4291, 2.4), but for these. */
const GLOBAL_V6: Subnet = ['2000::', 3]
const NEVER_V6: Subnet[] = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarking, ORCHID
  ['2001:db8::', 32], // documentation (RFC 3849)
  ['3fff::', 20], // documentation (RFC 9637)
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['fd00:ec2::', 32], // metadata at Amazon
  ['fd20:ce::', 32], // metadata at Google
]
const PRIVATE_V6: Subnet = ['fc00::', 7] // unique local (RFC 4193)

const lists = {
  ipv4: { never: listOf('ipv4', NEVER_V4), private: listOf('ipv4', PRIVATE_V4) },
  ipv6: {
    never: listOf('ipv6', NEVER_V6),
    private: listOf('ipv6', [PRIVATE_V6]),
    global: listOf('ipv6', [GLOBAL_V6]),
  },
}

/**
 * Judges an address in text form. IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64
 * of RFC 6052 and RFC 8215, 6to4, Teredo) are never reached, and neither is one with a zone.
 */
export function reachOf(address: string): Reach {
  if (isIPv4(address)) {
    if (lists.ipv4.never.check(address, 'ipv4')) return 'never'
    return lists.ipv4.private.check(address, 'ipv4') ? 'private' : 'public'
  }
  if (!isIPv6(address) || address.includes('%')) return 'never'
  if (lists.ipv6.never.check(address, 'ipv6')) return 'never'
  if (lists.ipv6.private.check(address, 'ipv6')) return 'private'
  return lists.ipv6.global.check(address, 'ipv6') ? 'public' : 'never'
}

function listOf(family: 'ipv4' | 'ipv6', subnets: Subnet[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family)
  return list
}
