import { describe, expect, it } from 'vitest'
import { reachOf } from './address.ts'

describe('nobody may reach', () => {
  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['any loopback', '127.255.255.254'],
    ['link-local', '169.254.1.1'],
    ['the metadata service', '169.254.169.254'],
    ['the metadata service of Alibaba', '100.100.100.200'],
    ['the metadata service of Oracle', '192.0.0.192'],
    ['the host at Azure', '168.63.129.16'],
    ['documentation', '192.0.2.1'],
    ['more documentation', '198.51.100.1'],
    ['yet more documentation', '203.0.113.1'],
    ['benchmarks', '198.19.0.1'],
    ['6to4 relays', '192.88.99.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['IPv6 loopback', '::1'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 site-local', 'fec0::1'],
    ['a zone', 'fe80::1%eth0'],
    ['a public address with a zone', '2606:4700::1111%eth0'],
    ['IPv6 multicast', 'ff02::1'],
    ['the IPv6 metadata service', 'fd00:ec2::254'],
    ['the IPv6 metadata service of Google', 'fd20:ce::254'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['a mapped public address', '::ffff:93.184.216.34'],
    ['mapped, in hexadecimal', '::ffff:7f00:1'],
    ['compatible', '::7f00:1'],
    ['translated (SIIT)', '::ffff:0:7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64 of one network', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['IPv6 documentation', '2001:db8::1'],
    ['new IPv6 documentation', '3fff::1'],
    ['discard-only', '100::1'],
    ['a name', 'example.com'],
    ['nothing', ''],
  ])('%s (%s)', (_, address) => {
    expect(reachOf(address)).toBe('never')
  })
})

it.each([
  ['10.0.0.1'],
  ['10.255.255.255'],
  ['172.16.0.1'],
  ['172.31.255.255'],
  ['192.168.1.1'],
  ['100.64.0.1'],
  ['100.127.255.255'],
  ['fc00::1'],
  ['fd12:3456::1'],
])('%s is private', (address) => {
  expect(reachOf(address)).toBe('private')
})

it.each([
  ['93.184.216.34'],
  ['172.15.255.255'],
  ['172.32.0.1'],
  ['100.63.255.255'],
  ['100.128.0.1'],
  ['11.0.0.1'],
  ['2606:4700::1111'],
  ['2a00:1450:4001::200e'],
])('%s is public', (address) => {
  expect(reachOf(address)).toBe('public')
})
