import { describe, expect, it } from 'vitest'
import { coversHost, HostGrant, normalHostGrant, readHostGrant } from './host-grant.ts'

describe('a grant has one way to be written', () => {
  it.each([
    ['api.example.com', 'api.example.com'],
    ['API.Example.COM', 'api.example.com'],
    ['api.example.com.', 'api.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ＡＰＩ.example', 'api.example'],
    ['api.example.com:8443', 'api.example.com:8443'],
    ['api.example.com:0443', 'api.example.com:443'],
    ['*.Example.com', '*.example.com'],
    ['*.example.com:8080', '*.example.com:8080'],
    ['nas', 'nas'],
    ['192.168.1.4:5000', '192.168.1.4:5000'],
    ['0xC0.0xA8.1.4', '192.168.1.4'],
    ['3232235780', '192.168.1.4'],
    ['[FD00:0:0::1]', '[fd00::1]'],
    ['[fd00::1]:8080', '[fd00::1]:8080'],
    ['_service.example', '_service.example'],
  ])('%s is %s', (text, normal) => {
    expect(normalHostGrant(text)).toBe(normal)
    expect(HostGrant.parse(normal)).toBe(normal)
  })
})

it.each([
  [''],
  ['*'],
  ['*.'],
  ['*.com'],
  ['*.192.168.1.4'],
  ['*.[fd00::1]'],
  ['a.*.example.com'],
  ['*.*.example.com'],
  ['https://example.com'],
  ['example.com/path'],
  ['example.com\\@evil.example'],
  ['user@example.com'],
  ['example.com:'],
  ['example.com:0'],
  ['example.com:65536'],
  ['example.com:https'],
  ['fd00::1'],
  ['[fe80::1%eth0]'],
  ['a..example.com'],
  ['-a.example.com'],
  ['exa mple.com'],
  ['example.com\n'],
  ['%65xample.com'],
  [`${'a'.repeat(64)}.example`],
])('%j is no grant', (text) => {
  expect(normalHostGrant(text)).toBeNull()
})

it('a grant that is not in its normal form is refused, so that equal manifests are equal texts', () => {
  expect(HostGrant.safeParse('API.example.com').success).toBe(false)
})

it('a grant is read as host, wildcard and port', () => {
  expect(readHostGrant(HostGrant.parse('*.example.com:81'))).toEqual({
    host: 'example.com',
    subdomains: true,
    port: 81,
  })
  expect(readHostGrant(HostGrant.parse('[fd00::1]'))).toEqual({
    host: 'fd00::1',
    subdomains: false,
    port: null,
  })
})

it.each([
  ['a.example', 'a.example', true],
  ['*.example.com', 'a.example.com', true],
  ['*.example.com', '*.a.example.com', true],
  ['*.example.com', '*.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', 'badexample.com', false],
  ['a.example.com', '*.example.com', false],
  ['example.com', '*.example.com', false],
  ['a.example', 'a.example:443', false],
  ['a.example:443', 'a.example', false],
  ['a.example:81', 'a.example:81', true],
])('whether %s allows all of %s: %s', (wide, narrow, expected) => {
  expect(coversHost(HostGrant.parse(wide), HostGrant.parse(narrow))).toBe(expected)
})
