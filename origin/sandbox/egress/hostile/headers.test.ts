import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ask, brokerFor, refusal } from '../testing/policy.ts'
import { echo, echoed, redirecting, seen, via } from '../testing/sites.ts'
import { addressOf, world } from '../testing/world.ts'

describe('a header cannot become another one', () => {
  it.each([
    ['a line break in a value', 'X-A', 'b\r\nX-Evil: 1'],
    ['a bare line feed', 'X-A', 'b\nX-Evil: 1'],
    ['a bare carriage return', 'X-A', 'b\rX-Evil: 1'],
    ['a null byte', 'X-A', 'b\0'],
    ['a letter that truncates to a line break', 'X-A', 'b\u010d\u010aX-Evil: 1'],
    ['a line break in a name', 'X-A: 1\r\nX-Evil', 'b'],
    ['a space in a name', 'X A', 'b'],
    ['a colon in a name', 'Host:', 'other.example'],
    ['an empty name', '', 'b'],
  ])('%s', async (_, name, value) => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/', { headers: [[name, value]] })).toBe(
      'bad_header',
    )
    expect(net.dialled).toEqual([])
  })

  it('line breaks in a URL do not arrive', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, 'http://api.example/a HTTP/1.1\r\nX-Evil: 1\r\n\r\n')
    expect(seen(echoed(told.text), 'x-evil')).toBeNull()
    expect(echoed(told.text).url).toBe('/a%20HTTP/1.1X-Evil:%201')
  })
})

describe('what is the broker’s to say, it says', () => {
  it.each([
    ['another host', 'Host', 'other.example', 'api.example'],
    ['another length', 'Content-Length', '0', '4'],
    ['a length in capitals', 'CONTENT-LENGTH', '9999', '4'],
    ['chunks', 'Transfer-Encoding', 'chunked', null],
    ['obfuscated chunks', 'Transfer-Encoding', 'xchunked, \tchunked', null],
    ['an upgrade', 'Upgrade', 'h2c', null],
    ['HTTP/2', 'HTTP2-Settings', 'AAMAAABkAAQCAAAAAAIAAAAA', null],
    ['trailers', 'TE', 'trailers', null],
    ['a pause', 'Expect', '100-continue', null],
    ['proxy credentials', 'Proxy-Authorization', 'Basic eDp5', null],
    ['a proxy connection', 'Proxy-Connection', 'keep-alive', null],
    ['a lasting connection', 'Keep-Alive', 'timeout=100', null],
    ['another encoding', 'Accept-Encoding', 'zstd', 'gzip, deflate, br'],
  ])('%s is not passed on', async (_, name, value, expected) => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, 'http://api.example/', {
      method: 'POST',
      headers: [[name, value]],
      body: 'four',
    })
    const heard = echoed(told.text)
    expect(heard.body).toBe('four')
    expect(heard.headers.filter(([known]) => known.toLowerCase() === name.toLowerCase())).toEqual(
      expected === null ? [] : [[name.toLowerCase(), expected]],
    )
  })

  it('headers that Connection names end here', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const told = await ask(broker, 'http://api.example/', {
      headers: [
        ['Connection', 'close, X-Private'],
        ['X-Private', '1'],
      ],
    })
    expect(seen(echoed(told.text), 'x-private')).toBeNull()
  })

  it('a smuggled second request is a body and nothing else', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const body = '0\r\n\r\nGET /admin HTTP/1.1\r\nHost: api.example\r\n\r\n'
    const headers: [string, string][] = [
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '5'],
    ]
    const told = await ask(broker, 'http://api.example/', { method: 'POST', headers, body })
    expect(echoed(told.text)).toMatchObject({ url: '/', body })
  })

  it.each(['CONNECT', 'TRACE', 'TRACK', 'get', 'G ET', 'GET / HTTP/1.1\r\nX: 1', 'PRI', ''])(
    'the method %j is not there',
    async (method) => {
      await using net = await world({ 'api.example': echo })
      const broker = brokerFor(net.network, { hosts: ['api.example'] })
      expect(await refusal(broker, 'http://api.example/', { method })).toBe('bad_method')
    },
  )

  it.each([
    ['too many headers', Array.from({ length: 101 }, (_, at): [string, string] => [`x-${at}`, ''])],
    ['a giant header', [['x', 'y'.repeat(40_000)] as [string, string]]],
  ])('%s are refused', async (_, headers) => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/', { headers })).toBe('head_too_large')
  })
})

describe('credentials stay with the origin that they were written for', () => {
  it.each([
    ['another host', 'http://other.example/'],
    ['another port', 'http://api.example:8080/'],
    ['another scheme', 'http://secure.example/'],
  ])('a redirect to %s goes without them', async (what, to) => {
    const names = ['api.example', 'other.example', 'secure.example']
    await using net = await world(Object.fromEntries(names.map((name) => [name, redirecting])))
    const hosts = [...names, 'api.example:8080']
    const places = names.flatMap((name) => [`${name}:80`, `${name}:443`, `${name}:8080`])
    const secrets = places.map((host) => ({ name: 'KEY', value: 'hunter2', host }))
    const broker = brokerFor(net.network, { hosts, secrets })
    const from = what === 'another scheme' ? 'https://secure.example' : 'http://api.example'
    const told = await ask(broker, via(from, to, 307), {
      headers: [
        ['Authorization', 'Bearer t'],
        ['Cookie', 'a=b'],
        ['X-Api-Key', 'k'],
        ['X-Odd', '{{secret:KEY}}'],
        ['X-Plain', 'stays'],
      ],
    })
    const heard = echoed(told.text)
    const names_ = ['authorization', 'cookie', 'x-api-key', 'x-odd', 'x-plain']
    expect(names_.map((name) => seen(heard, name))).toEqual([null, null, null, null, 'stays'])
  })

  it('a cookie that was set is not sent again', async () => {
    await using net = await world({
      'api.example': (request, response) => {
        response.setHeader('set-cookie', 'session=1')
        echo(request, response)
      },
    })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    await ask(broker, 'http://api.example/')
    const told = await ask(broker, 'http://api.example/')
    expect(seen(echoed(told.text), 'cookie')).toBeNull()
    expect(told.headers['set-cookie']).toBe('session=1')
  })
})

describe('an upstream that speaks badly', () => {
  it.each([
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['nothing', ''],
    ['a header without end', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}`],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(20_000)}`],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['a null byte in a header', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
  ])('%s: fails, and only that request', async (_, answer) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', () => socket.end(answer))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const network = {
      resolve: () => Promise.resolve([addressOf(0)]),
      connect: () => connect(port, '127.0.0.1'),
    }
    const broker = brokerFor(network, { hosts: ['api.example'] })
    expect(await refusal(broker, 'http://api.example/')).toBe('upstream_failed')
    server.close()
  })

  it('its own hop-by-hop headers end here', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        response.writeHead(200, {
          connection: 'close, x-hop',
          'x-hop': '1',
          'proxy-authenticate': 'Basic',
          'x-kept': '1',
        })
        response.end('hello')
      },
    })
    const broker = brokerFor(net.network, { hosts: ['api.example'] })
    const { headers } = await ask(broker, 'http://api.example/')
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    expect(names.sort()).toEqual(['date', 'x-kept'])
  })
})
