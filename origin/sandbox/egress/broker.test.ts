import { createBrotliCompress, createDeflate, createGzip } from 'node:zlib'
import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ask, brokerFor, refusal } from './testing/policy.ts'
import { echo, echoed, redirecting, seen, via } from './testing/sites.ts'
import { world } from './testing/world.ts'

describe('a request reaches what is approved', () => {
  it('with its method, path, query, headers and body', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, 'http://api.example/a%20b?c=d#part', {
      method: 'PUT',
      headers: [['X-Thing', 'one']],
      body: 'text',
    })
    const heard = echoed(told.text)
    expect(heard).toMatchObject({ method: 'PUT', url: '/a%20b?c=d', body: 'text' })
    expect([seen(heard, 'x-thing'), seen(heard, 'host'), seen(heard, 'content-length')]).toEqual([
      'one',
      'api.example',
      '4',
    ])
    expect(told).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
  })

  it('over TLS, with the certificate checked for the name in the URL', async () => {
    await using net = await world({
      'secure.example': echo,
      'api.secure.example': echo,
      'other.example': echo,
    })
    const broker = brokerFor(net.network, {
      hosts: ['secure.example', '*.secure.example', 'other.example'],
    })
    expect(await refusal(broker, 'https://secure.example/')).toBe('status 200')
    expect(await refusal(broker, 'https://api.secure.example/')).toBe('status 200')
    expect(await refusal(broker, 'https://other.example/')).toBe('tls_failed')
    expect(await refusal(broker, 'https://93.184.216.34/')).toBe('host_not_approved')
  })

  it('over TLS only where the certificate is one that is trusted', async () => {
    await using net = await world({ 'secure.example': echo })
    const { trust: _, ...untrusting } = net.network
    const broker = brokerFor(untrusting, { hosts: ['secure.example'] })
    expect(await refusal(broker, 'https://secure.example/')).toBe('tls_failed')
  })

  it.each([
    ['api.example', 'http://api.example/', 'status 200'],
    ['api.example', 'http://API.Example./', 'status 200'],
    ['api.example', 'http://api.example:80/', 'status 200'],
    ['api.example', 'http://api.example:8080/', 'port_not_approved'],
    ['api.example', 'http://api.example:443/', 'port_not_approved'],
    ['api.example', 'https://api.example:80/', 'port_not_approved'],
    ['api.example:8080', 'http://api.example:8080/', 'status 200'],
    ['api.example:8080', 'http://api.example/', 'port_not_approved'],
    ['api.example', 'http://sub.api.example/', 'host_not_approved'],
    ['api.example', 'http://example/', 'host_not_approved'],
    ['api.example', 'http://notapi.example/', 'host_not_approved'],
    ['*.example.org', 'http://a.example.org/', 'status 200'],
    ['*.example.org', 'http://a.b.example.org/', 'status 200'],
    ['*.example.org', 'http://example.org/', 'host_not_approved'],
    ['*.example.org', 'http://evilexample.org/', 'host_not_approved'],
    ['xn--bcher-kva.example', 'http://BÜCHER.example/', 'status 200'],
    ['xn--bcher-kva.example', 'http://bu\u0308cher.example/', 'status 200'],
  ])('with the grant %s, %s: %s', async (grant, url, expected) => {
    const names = ['api.example', 'a.example.org', 'a.b.example.org', 'xn--bcher-kva.example']
    await using net = await world(Object.fromEntries(names.map((name) => [name, echo])))
    expect(await refusal(brokerFor(net.network, { hosts: [grant] }), url)).toBe(expected)
  })

  it('and none when no host is approved, in a sentence that says so', async () => {
    await using net = await world({})
    const broker = brokerFor(net.network)
    await expect(ask(broker, 'http://api.example/')).rejects.toThrow(
      'no host is approved for this tool',
    )
    await expect(
      ask(brokerFor(net.network, { hosts: ['a.example'] }), 'http://b.example/'),
    ).rejects.toThrow('`b.example` is not approved for this tool; approved: `a.example`')
    expect(net.asked).toEqual([])
  })
})

describe('a private network is reached only by the name that was approved', () => {
  it.each([
    ['nas.lan', 'http://nas.lan/', '192.168.1.4', 'connect_failed'],
    ['*.home.lan', 'http://nas.home.lan/', '192.168.1.4', 'address_private'],
    ['192.168.1.4', 'http://192.168.1.4/', null, 'connect_failed'],
    ['[fd12::4]', 'http://[FD12:0::4]/', null, 'connect_failed'],
    ['localhost', 'http://localhost/', '127.0.0.1', 'address_forbidden'],
    ['127.0.0.1', 'http://127.0.0.1/', null, 'address_forbidden'],
    ['169.254.169.254', 'http://169.254.169.254/', null, 'address_forbidden'],
    ['[fd00:ec2::254]', 'http://[fd00:ec2::254]/', null, 'address_forbidden'],
  ])('grant %s, %s: %s, %s', async (grant, url, address, expected) => {
    await using net = await world({})
    if (address !== null) net.answer(new URL(url).hostname, [address])
    expect(await refusal(brokerFor(net.network, { hosts: [grant] }), url)).toBe(expected)
    expect(net.dialled.length).toBe(expected === 'connect_failed' ? 1 : 0)
  })
})

describe('a response', () => {
  it.each([
    ['gzip', createGzip],
    ['deflate', createDeflate],
    ['br', createBrotliCompress],
  ])('in %s arrives decoded, and does not claim to be encoded', async (encoding, compressor) => {
    const site: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      const packed = compressor()
      packed.pipe(response)
      packed.end('hello '.repeat(1000))
    }
    await using net = await world({ 'api.example': site })
    const told = await ask(
      brokerFor(net.network, { hosts: ['api.example'] }),
      'http://api.example/',
    )
    expect(told.text).toBe('hello '.repeat(1000))
    expect(Object.keys(told.headers)).not.toContain('content-encoding')
  })

  it('to HEAD keeps its length and has no body', async () => {
    await using net = await world({
      'api.example': (_, response) => response.writeHead(200, { 'content-length': '1234' }).end(),
    })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await ask(broker, 'http://api.example/', { method: 'HEAD' })).toMatchObject({
      status: 200,
      headers: { 'content-length': '1234' },
      text: '',
    })
  })

  it('is tried at the next address when the first does not answer', async () => {
    await using net = await world({ 'api.example': echo })
    net.answer('api.example', ['93.184.216.99', '93.184.216.34'])
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/')).toBe('status 200')
    expect(net.dialled).toEqual(['93.184.216.99:80', '93.184.216.34:80'])
  })

  it('that breaks off is a failure', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => response.destroy())
      },
    })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/')).toBe('upstream_failed')
  })
})

describe('a redirect', () => {
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', 'text'],
    [307, 'POST', 'POST', 'text'],
    [308, 'PATCH', 'PATCH', 'text'],
    [303, 'HEAD', 'HEAD', ''],
  ])('%i turns %s into %s (RFC 9110, 15.4)', async (status, method, after, body) => {
    await using net = await world({ 'api.example': redirecting })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const url = via('http://api.example', '/end', status)
    const told = await ask(broker, url, {
      method,
      headers: [['Content-Type', 'text/plain']],
      ...(method === 'HEAD' ? {} : { body: 'text' }),
    })
    expect(told.url).toBe('http://api.example/end')
    expect(broker.records().map((record) => [record.method, record.path])).toEqual([
      [method, `/${status}`],
      [after, '/end'],
    ])
    if (after === 'HEAD') return
    const heard = echoed(told.text)
    expect([heard.method, heard.body]).toEqual([after, body])
    expect(seen(heard, 'content-type')).toBe(after === 'GET' ? null : 'text/plain')
  })

  it('is given as it is to who does not want it followed', async () => {
    await using net = await world({ 'api.example': redirecting })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, via('http://api.example', '/end'), { follow: false })
    expect(told).toMatchObject({ status: 302, headers: { location: '/end' } })
  })

  it('is followed five times and no more', async () => {
    const endless: RequestListener = (_, response) =>
      response.writeHead(302, { location: '/again' }).end()
    await using net = await world({ 'api.example': endless })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/')).toBe('too_many_redirects')
    expect(broker.records().length).toBe(6)
  })

  it('within an origin keeps credentials', async () => {
    await using net = await world({ 'api.example': redirecting })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, via('http://api.example', '/end'), {
      headers: [['Authorization', 'Bearer t']],
    })
    expect(seen(echoed(told.text), 'authorization')).toBe('Bearer t')
  })
})

it('every request is on record, without its query', async () => {
  await using net = await world({ 'api.example': echo })
  const broker = brokerFor(net.network, { hosts: ['api.example'] })
  const { text } = await ask(broker, 'http://api.example/a?key=1', { method: 'POST', body: 'four' })
  await refusal(broker, 'http://other.example/b')
  await refusal(broker, 'nonsense')
  expect(broker.records()).toEqual([
    {
      method: 'POST',
      host: 'api.example',
      port: 80,
      path: '/a',
      status: 200,
      bytes_out: 4,
      bytes_in: text.length,
      duration_ms: expect.any(Number) as number,
      refused: null,
    },
    expect.objectContaining({ host: 'other.example', path: '/b', refused: 'host_not_approved' }),
    expect.objectContaining({ host: null, port: null, refused: 'bad_url' }),
  ])
})
