import { expect, test } from 'vitest'
import { clientAddress, trustedProxies } from './client-address.ts'

const trusted = trustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
const seen = (peer: string | undefined, forwarded?: string) =>
  clientAddress(
    {
      req: {
        header: ((name: string) => (name === 'x-forwarded-for' ? forwarded : undefined)) as never,
      },
    },
    peer,
    trusted,
  )

test.each<[string, string | undefined, string | undefined, string | null]>([
  ['nobody between', '203.0.113.9', undefined, '203.0.113.9'],
  ['a word of nobody who is trusted', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a trusted proxy', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['two of them', '127.0.0.1', '198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['what the client made up before them', '127.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
  ['a made-up trusted address', '127.0.0.1', '10.9.9.9, 198.51.100.1', '198.51.100.1'],
  ['a proxy that says nothing', '127.0.0.1', undefined, '127.0.0.1'],
  ['a proxy that says nonsense', '127.0.0.1', '198.51.100.1, unknown', '127.0.0.1'],
  ['IPv4 in IPv6', '::ffff:127.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['IPv6', 'fd00::1', '2001:db8::7', '2001:db8::7'],
  ['no address', undefined, '198.51.100.1', null],
])('%s', (_what, peer, forwarded, address) => {
  expect(seen(peer, forwarded)).toBe(address)
})

test.each([
  '10.0.0.0/33',
  'localhost',
  '10.0.0/8',
  '::/129',
  '',
  '10.0.0.1/x',
  '10.0.0.0/',
  '10.0.0.0/ ',
])('TRUSTED_PROXIES=%s is refused', (range) => {
  expect(() => trustedProxies([range])).toThrow('TRUSTED_PROXIES')
})
