import { describe, expect, it } from 'vitest'
import { ask, brokerFor, refusal } from '../testing/policy.ts'
import { echo, echoed, redirecting, seen, via } from '../testing/sites.ts'
import { world } from '../testing/world.ts'

const VALUE = 'p@ss/w+rd "42"\\'
const secrets = [{ name: 'KEY', value: VALUE, host: 'api.example:80' }]
const hosts = ['api.example', 'other.example']

/** What the server got, seen from the server's side: the tool's side is scrubbed. */
async function heardBy(request: Parameters<typeof ask>[2], url = 'http://api.example/') {
  const heard: { url: string; authorization: string; key: string; body: string }[] = []
  await using net = await world({
    'api.example': (incoming, response) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () => {
        heard.push({
          url: incoming.url ?? '',
          authorization: incoming.headers.authorization ?? '',
          key: String(incoming.headers['x-key'] ?? ''),
          body: Buffer.concat(parts).toString('utf8'),
        })
        response.end()
      })
    },
  })
  const broker = brokerFor(net.network, { hosts, secrets })
  await ask(broker, url, request)
  return { ...heard[0]!, record: JSON.stringify(broker.records()) }
}

describe('a placeholder is filled in for the host of its secret', () => {
  it('in a header', async () => {
    expect(await heardBy({ headers: [['X-Key', 'Token {{secret:KEY}}']] })).toMatchObject({
      key: `Token ${VALUE}`,
    })
  })

  it('inside Basic credentials', async () => {
    const packed = Buffer.from('user:{{secret:KEY}}').toString('base64')
    const { authorization } = await heardBy({ headers: [['Authorization', `Basic ${packed}`]] })
    expect(Buffer.from(authorization.slice(6), 'base64').toString()).toBe(`user:${VALUE}`)
  })

  it.each([
    ['as written', 'http://api.example/bot{{secret:KEY}}/send?key={{secret:KEY}}'],
    [
      'as URL encoders write it',
      'http://api.example/bot%7B%7Bsecret%3AKEY%7D%7D/send?key=%7b%7bsecret:KEY%7d%7d',
    ],
  ])('in path and query, %s, and not on record', async (_, url) => {
    const heard = await heardBy({}, url)
    const encoded = encodeURIComponent(VALUE)
    expect(heard.url).toBe(`/bot${encoded}/send?key=${encoded}`)
    expect(heard.record).not.toContain(encoded)
  })

  it.each([
    ['JSON', 'application/json', '{"a":"{{secret:KEY}}"}', JSON.stringify({ a: VALUE })],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'a=%7B%7Bsecret%3AKEY%7D%7D',
      `a=${encodeURIComponent(VALUE)}`,
    ],
    ['text', 'text/plain; charset=utf-8', 'a {{secret:KEY}}', `a ${VALUE}`],
    [
      'bytes, where it is left alone',
      'application/octet-stream',
      '{{secret:KEY}}',
      '{{secret:KEY}}',
    ],
  ])('in %s', async (_, type, body, expected) => {
    const heard = await heardBy({ method: 'POST', headers: [['Content-Type', type]], body })
    expect(heard.body).toBe(expected)
  })
})

describe('and for no other', () => {
  const placeholder = '{{secret:KEY}}'
  it.each([
    ['a header', { headers: [['X-Key', placeholder]] }, 'http://other.example/'],
    ['the query', {}, `http://other.example/?k=${placeholder}`],
    ['the query, encoded', {}, 'http://other.example/?k=%7B%7Bsecret%3AKEY%7D%7D'],
    ['the path', {}, `http://other.example/${placeholder}`],
    ['the body', { method: 'POST', body: placeholder }, 'http://other.example/'],
    ['another port', { headers: [['X-Key', placeholder]] }, 'http://api.example:8080/'],
  ])('in %s', async (_, request, url) => {
    await using net = await world({ 'api.example': echo, 'other.example': echo })
    const broker = brokerFor(net.network, { hosts: [...hosts, 'api.example:8080'], secrets })
    expect(await refusal(broker, url, request as Parameters<typeof ask>[2])).toBe(
      'secret_not_for_host',
    )
    expect(net.dialled).toEqual([])
  })

  it('a redirect does not carry a body with a secret to another host', async () => {
    await using net = await world({ 'api.example': redirecting, 'other.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets })
    const url = via('http://api.example', 'http://other.example/', 307)
    expect(await refusal(broker, url, { method: 'POST', body: placeholder })).toBe(
      'secret_not_for_host',
    )
    expect(net.asked).toEqual(['api.example'])
  })

  it('a value that a server gives back in a redirect does not reach another host', async () => {
    await using net = await world({
      'api.example': (request, response) =>
        response
          .writeHead(302, { location: `http://other.example${request.url}&as=[secret KEY]` })
          .end(),
      'other.example': echo,
    })
    const broker = brokerFor(net.network, { hosts, secrets })
    expect(await refusal(broker, `http://api.example/?k=${placeholder}`)).toBe(
      'secret_not_for_host',
    )
    expect(net.asked).toEqual(['api.example'])
  })

  it('a server cannot write a placeholder into a redirect', async () => {
    const location = `http://api.example/?${placeholder}`
    await using net = await world({
      'other.example': (_, response) => response.writeHead(302, { location }).end(),
      'api.example': echo,
    })
    const broker = brokerFor(net.network, { hosts, secrets })
    const told = await ask(broker, 'http://other.example/')
    expect(echoed(told.text).url).toBe(`/?${placeholder}`)
  })

  it('a secret that is not there is named', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets })
    await expect(ask(broker, 'http://api.example/?k={{secret:OTHER}}')).rejects.toThrow(
      'no secret `OTHER` is there',
    )
  })

  it('a value with a line break does not make a header', async () => {
    await using net = await world({ 'api.example': echo })
    const broken = [{ name: 'KEY', value: 'a\r\nX-Evil: 1', host: 'api.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: broken })
    expect(
      await refusal(broker, 'http://api.example/', { headers: [['X-Key', placeholder]] }),
    ).toBe('bad_header')
  })
})

describe('a secret that is bound to a header', () => {
  const inHeader = [{ name: 'KEY', value: VALUE, host: 'api.example:80', header: 'x-key' }]
  const placeholder = '{{secret:KEY}}'

  it('goes out in that header, however its name is written', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets: inHeader })
    const headers: [string, string][] = [['X-KEY', `Token ${placeholder}`]]
    const told = await ask(broker, 'http://api.example/', { headers })
    expect(seen(echoed(told.text), 'x-key')).toBe('Token [secret KEY]')
  })

  it('goes out inside Basic credentials of that header', async () => {
    const heard: (string | undefined)[] = []
    await using net = await world({
      'api.example': (request, response) => {
        heard.push(request.headers.authorization)
        response.end()
      },
    })
    const own = [{ ...inHeader[0]!, header: 'authorization' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    const packed = Buffer.from(`user:${placeholder}`).toString('base64')
    await ask(broker, 'http://api.example/', { headers: [['Authorization', `Basic ${packed}`]] })
    expect(heard).toEqual([`Basic ${Buffer.from(`user:${VALUE}`).toString('base64')}`])
  })

  const packed = Buffer.from(`user:${placeholder}`).toString('base64')
  it.each<[string, Parameters<typeof ask>[2], string]>([
    ['another header', { headers: [['X-Other', placeholder]] }, 'http://api.example/'],
    [
      'Basic credentials of another',
      { headers: [['Authorization', `Basic ${packed}`]] },
      'http://api.example/',
    ],
    ['the query', {}, `http://api.example/?k=${placeholder}`],
    ['the path, encoded', {}, 'http://api.example/%7B%7Bsecret%3AKEY%7D%7D'],
    ['the body', { method: 'POST', body: placeholder }, 'http://api.example/'],
  ])('is refused in %s, before anything is sent', async (_, request, url) => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets: inHeader })
    await expect(ask(broker, url, request)).rejects.toMatchObject({
      reason: 'secret_not_for_place',
      message: 'the secret `KEY` goes to `api.example` in its own header only: `x-key`',
    })
    expect(net.asked).toEqual([])
  })

  it('is refused for another host even in that header', async () => {
    await using net = await world({ 'other.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets: inHeader })
    const headers: [string, string][] = [['X-Key', placeholder]]
    expect(await refusal(broker, 'http://other.example/', { headers })).toBe('secret_not_for_host')
    expect(net.asked).toEqual([])
  })

  it('may have several places, each host with its own', async () => {
    await using net = await world({ 'api.example': echo, 'other.example': echo })
    const both = [...inHeader, { name: 'KEY', value: VALUE, host: 'other.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: both })
    expect(await refusal(broker, `http://other.example/?k=${placeholder}`)).toBe('status 200')
    expect(await refusal(broker, `http://api.example/?k=${placeholder}`)).toBe(
      'secret_not_for_place',
    )
  })

  it('goes out by https only, where its host is named without a port', async () => {
    await using net = await world({ 'api.example': echo })
    const own = [{ name: 'KEY', value: VALUE, host: 'api.example' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    const headers: [string, string][] = [['X-Key', placeholder]]
    expect(await refusal(broker, 'http://api.example/', { headers })).toBe('secret_not_in_clear')
    expect(net.asked).toEqual([])
  })

  it('does not follow a redirect that would carry it elsewhere', async () => {
    await using net = await world({ 'api.example': redirecting, 'other.example': echo })
    const both = [...inHeader, { ...inHeader[0]!, host: 'other.example:80', header: 'x-other' }]
    const broker = brokerFor(net.network, { hosts, secrets: both })
    const told = await ask(broker, via('http://api.example', 'http://other.example/'), {
      headers: [['X-Key', placeholder]],
    })
    expect(seen(echoed(told.text), 'x-key')).toBeNull()
  })
})

describe('a server that gives a secret back gives it to nobody', () => {
  const value = 'hunter2-Ωmega'
  const bytes = Buffer.from(value)
  const padded = (before: number) =>
    Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.from('tail')])
  const forms: [string, string][] = [
    ['plain', value],
    ['URL-encoded', encodeURIComponent(value)],
    ['URL-encoded in lower case', encodeURIComponent(value).toLowerCase()],
    ['hexadecimal', bytes.toString('hex')],
    ['base64', bytes.toString('base64')],
    ['base64 one byte later', padded(1).toString('base64')],
    ['base64 two bytes later', padded(2).toString('base64')],
    ['base64 three bytes later', padded(3).toString('base64')],
    ['base64url', padded(1).toString('base64url')],
    ['inside JSON', JSON.stringify({ value })],
    ['backwards', Array.from(value).toReversed().join('')],
    ['in lower case', value.toLowerCase()],
  ]

  it.each(forms)('%s', async (_, form) => {
    await using net = await world({
      'api.example': (_request, response) => {
        response.writeHead(200, { 'x-echo': Buffer.from(form).toString('latin1') })
        response.end(`<${form}>${form}`)
      },
    })
    const own = [{ name: 'KEY', value, host: 'api.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    const told = await ask(broker, 'http://api.example/')
    const core = /[\w-]{12,}/.exec(form)?.[0] ?? form
    expect(told.text).toContain('[secret KEY]')
    expect(told.text).not.toContain(core.slice(4, -6))
    expect(told.headers['x-echo']).toContain('[secret KEY]')
    expect(told.headers['x-echo']).not.toContain(core.slice(4, -6))
  })

  it.each([
    ['letters of a list', JSON.stringify(Array.from(value))],
    ['lines', Array.from(value).join('\n')],
    ['base64 in lines', bytes.toString('base64').replace(/.{4}/g, '$&\r\n')],
    ['hexadecimal with colons', bytes.toString('hex').replace(/..(?=.)/g, '$&:')],
  ])('split into %s', async (_, form) => {
    await using net = await world({ 'api.example': (_request, response) => response.end(form) })
    const own = [{ name: 'KEY', value, host: 'api.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    const { text } = await ask(broker, 'http://api.example/')
    expect(text.replaceAll('[secret KEY]', '')).not.toMatch(/\w/)
  })

  it('torn into single bytes', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        for (const byte of Buffer.from(`a ${value} b`)) response.write(Buffer.from([byte]))
        response.end()
      },
    })
    const own = [{ name: 'KEY', value, host: 'api.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    expect((await ask(broker, 'http://api.example/')).text).toBe('a [secret KEY] b')
  })

  it('short ones as well, and in headers and in the URL', async () => {
    await using net = await world({ 'api.example': redirecting })
    const own = [{ name: 'PIN', value: '4711', host: 'api.example:80' }]
    const broker = brokerFor(net.network, { hosts, secrets: own })
    const told = await ask(broker, via('http://api.example', '/4711?pin={{secret:PIN}}'))
    expect(told.url).toBe('http://api.example/[secret PIN]?pin=[secret PIN]')
    expect(JSON.stringify([told, broker.records()])).not.toContain('4711')
  })

  it('nor to the log, when a header was the echo', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, secrets })
    const told = await ask(broker, 'http://api.example/', {
      headers: [['X-Key', '{{secret:KEY}}']],
    })
    expect(seen(echoed(told.text), 'x-key')).toBe('[secret KEY]')
  })
})
