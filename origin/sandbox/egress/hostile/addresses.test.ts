import { describe, expect, it } from 'vitest'
import { brokerFor, refusal } from '../testing/policy.ts'
import { echo, redirecting, via } from '../testing/sites.ts'
import { addressOf, world } from '../testing/world.ts'

const INSIDE = [
  '127.0.0.1',
  '10.0.0.1',
  '169.254.169.254',
  '::1',
  'fd00:ec2::254',
  '::ffff:10.0.0.1',
]

describe('DNS rebinding', () => {
  it('a name is asked for once, so a second answer changes nothing', async () => {
    await using net = await world({ 'api.example': echo })
    net.answer('api.example', [addressOf(0)], ['127.0.0.1'])
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/')).toBe('status 200')
    expect([net.asked, net.dialled]).toEqual([['api.example'], [`${addressOf(0)}:80`]])
  })

  it('a redirect to the same name is checked anew', async () => {
    await using net = await world({ 'api.example': redirecting })
    net.answer('api.example', [addressOf(0)], ['127.0.0.1'])
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, via('http://api.example', '/end'))).toBe('address_forbidden')
    expect(net.dialled).toEqual([`${addressOf(0)}:80`])
  })

  it.each(INSIDE)('one address inside (%s) among good ones refuses them all', async (inside) => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['*.example.org'] })
    net.answer('api.example.org', [addressOf(0), inside])
    const expected = inside === '10.0.0.1' ? 'address_private' : 'address_forbidden'
    expect(await refusal(broker, 'http://api.example.org/')).toBe(expected)
    expect(net.dialled).toEqual([])
  })

  it('a name without an address, or whose servers fail, is a failure and no more', async () => {
    await using net = await world({})
    const failing = { ...net.network, resolve: () => Promise.reject(new Error('SERVFAIL')) }
    const hosts = ['api.example']
    expect(await refusal(brokerFor(net.network, { hosts }), 'http://api.example/')).toBe(
      'name_not_found',
    )
    expect(await refusal(brokerFor(failing, { hosts }), 'http://api.example/')).toBe(
      'name_not_found',
    )
  })
})

describe('an address in disguise is the address', () => {
  it.each([
    ['decimal', 'http://2130706433/'],
    ['octal', 'http://0177.0.0.1/'],
    ['hexadecimal', 'http://0x7f.0.0.1/'],
    ['one hexadecimal number', 'http://0x7f000001/'],
    ['short', 'http://127.1/'],
    ['a trailing dot', 'http://127.0.0.1./'],
    ['full-width digits', 'http://１２７.０.０.１/'],
    ['enclosed digits', 'http://①②⑦.⓪.⓪.①/'],
    ['an ideographic dot', 'http://127。0。0。1/'],
    ['percent escapes', 'http://%31%32%37.0.0.1/'],
    ['tabs', 'http://127.0.\t0.1/'],
  ])('%s', async (_, url) => {
    await using net = await world({})
    const broker = brokerFor(net.network, { hosts: ['127.0.0.1'] })
    expect(await refusal(broker, url)).toBe('address_forbidden')
    expect(await refusal(brokerFor(net.network, { hosts: ['api.example'] }), url)).toBe(
      'host_not_approved',
    )
    expect([net.asked, net.dialled]).toEqual([[], []])
  })

  it.each([
    ['loopback', '[::1]'],
    ['unspecified', '[::]'],
    ['mapped', '[::ffff:127.0.0.1]'],
    ['mapped, in hexadecimal', '[::ffff:a9fe:a9fe]'],
    ['compatible', '[::127.0.0.1]'],
    ['NAT64', '[64:ff9b::169.254.169.254]'],
    ['local NAT64', '[64:ff9b:1::7f00:1]'],
    ['6to4', '[2002:7f00:1::]'],
    ['Teredo', '[2001::7f00:1]'],
    ['link-local', '[fe80::1]'],
    ['metadata', '[fd00:ec2::254]'],
  ])('IPv6: %s, even where somebody approved it', async (_, host) => {
    await using net = await world({})
    const written = new URL(`http://${host}/`).hostname
    const broker = brokerFor(net.network, { hosts: [written] })
    expect(await refusal(broker, `http://${host}/`)).toBe('address_forbidden')
    expect(net.dialled).toEqual([])
  })

  it('a zone is no part of a URL', async () => {
    await using net = await world({})
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://[fe80::1%25eth0]/')).toBe('bad_url')
  })
})

describe('a redirect leads nowhere that a request may not go', () => {
  it.each([
    ['loopback', 'http://127.0.0.1/', 'host_not_approved'],
    ['loopback by name', 'http://loop.example/', 'address_forbidden'],
    ['a private address by name', 'http://lan.below.example/', 'address_private'],
    ['metadata', 'http://169.254.169.254/latest/meta-data/', 'host_not_approved'],
    ['metadata in decimal', 'http://2852039166/', 'host_not_approved'],
    ['another host', 'http://other.example/', 'host_not_approved'],
    ['another port', 'http://api.example:8080/', 'port_not_approved'],
    ['a file', 'file:///etc/passwd', 'bad_scheme'],
    ['a script', 'javascript:alert(1)', 'bad_scheme'],
    ['data', 'data:text/plain,hello', 'bad_scheme'],
    ['gopher', 'gopher://api.example/_', 'bad_scheme'],
    ['a host with a user', 'http://user:pass@api.example/', 'userinfo'],
    ['a host without a scheme', '//other.example/', 'host_not_approved'],
    ['a host behind backslashes', '\\\\other.example\\', 'host_not_approved'],
    ['nowhere', 'http://[', 'bad_url'],
  ])('%s', async (_, to, expected) => {
    await using net = await world({ 'api.example': redirecting, 'other.example': echo })
    net.answer('loop.example', ['127.0.0.1'])
    net.answer('lan.below.example', ['192.168.1.4'])
    const hosts = ['api.example', 'loop.example', '*.below.example']
    const broker = brokerFor(net.network, { hosts })
    expect(await refusal(broker, via('http://api.example', to))).toBe(expected)
    expect(net.dialled).toEqual([`${addressOf(0)}:80`])
    expect(broker.records().at(-1)?.refused).toBe(expected)
  })
})

describe('a URL that is read in two ways is read in one', () => {
  it.each([
    ['a user that looks like the host', 'http://api.example@other.example/', 'userinfo'],
    ['a password', 'http://a:b@api.example/', 'userinfo'],
    ['a backslash', 'http://other.example\\@api.example/', 'host_not_approved'],
    ['a fragment', 'http://other.example#@api.example/', 'host_not_approved'],
    ['a query', 'http://other.example?@api.example/', 'host_not_approved'],
    ['an escaped at sign', 'http://api.example%40other.example/', 'bad_url'],
    ['a null byte', 'http://api.example\0.other.example/', 'bad_url'],
    ['a line break', 'http://other.example\r\n.api.example/', 'host_not_approved'],
    ['no slashes', 'http:other.example', 'host_not_approved'],
    ['many slashes', 'http:////other.example', 'host_not_approved'],
    ['spaces around', '  http://other.example/ ', 'host_not_approved'],
    ['two trailing dots', 'http://api.example../', 'host_not_approved'],
    ['a soft hyphen', 'http://api.exam\u00adple/', 'status 200'],
    ['a look-alike letter', 'http://\u0430pi.example/', 'host_not_approved'],
    ['a port out of range', 'http://api.example:65616/', 'bad_url'],
    ['port zero', 'http://api.example:0/', 'port_not_approved'],
    ['no host', 'http:///', 'bad_url'],
    ['another scheme', 'ftp://api.example/', 'bad_scheme'],
    ['a socket', 'ws://api.example/', 'bad_scheme'],
    ['a unix socket', 'unix:/var/run/docker.sock', 'bad_scheme'],
    ['a relative one', '/path', 'bad_url'],
    ['an endless host', `http://${'a.'.repeat(3000)}example/`, 'host_not_approved'],
    ['an endless one', `http://api.example/${'a'.repeat(9000)}`, 'head_too_large'],
  ])('%s', async (_, url, expected) => {
    await using net = await world({ 'api.example': echo, 'other.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, url)).toBe(expected)
    expect(net.dialled.length).toBe(expected === 'status 200' ? 1 : 0)
    expect(JSON.stringify(broker.records()).length).toBeLessThan(1_000)
  })
})
