import type { RequestListener, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { WebMessage } from './message.ts'
import { echo, echoed } from './testing/sites.ts'
import { talk, told } from './testing/talk.ts'
import { world } from './testing/world.ts'

const hosts = ['api.example']
const API = 'http://api.example/'
const hello: RequestListener = (_, response) => response.end('hello')
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a child and its broker', () => {
  it('a request has a response, its body and an end', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts })
    child.request(1, API)
    expect((await child.settled(1)).map(({ type }) => type)).toEqual([
      'http.response',
      'http.body',
      'http.end',
    ])
    expect(told(await child.settled(1))).toBe('200 hello')
  })

  it('a body comes in as many parts as it likes', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts })
    child.request(1, API, { method: 'POST', body: true })
    child.take({ type: 'http.body', id: 1, data: base64('hel'), last: false })
    child.take({ type: 'http.body', id: 1, data: base64('lo'), last: false })
    child.take({ type: 'http.body', id: 1, data: '', last: true })
    expect(echoed(told(await child.settled(1)).slice(4)).body).toBe('hello')
    expect(child.traffic()).toBe(8)
  })

  it('many requests run at once and are answered as they come', async () => {
    const waiting = new Map<string, ServerResponse>()
    const both = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (request, response) => {
        waiting.set(request.url ?? '', response)
        if (waiting.size === 2) both.resolve()
      },
    })
    const child = talk(net.network, { hosts })
    child.request(1, `${API}1`)
    child.request(2, `${API}2`)
    await both.promise
    waiting.get('/2')?.end('second')
    expect(told(await child.settled(2))).toBe('200 second')
    waiting.get('/1')?.end('first')
    expect(told(await child.settled(1))).toBe('200 first')
  })

  it('a refusal is a sentence', async () => {
    await using net = await world({})
    const child = talk(net.network, { hosts })
    child.request(1, 'http://other.example/')
    expect(await child.settled(1)).toEqual([
      {
        type: 'http.error',
        id: 1,
        reason: 'host_not_approved',
        message: expect.stringMatching(
          /^`other.example` is not approved for this tool; approved: `api.example`. .*`hosts`/,
        ) as string,
      },
    ])
  })

  it('a request has the time that it asked for', async () => {
    await using net = await world({ 'api.example': () => undefined })
    const child = talk(net.network, { hosts })
    child.request(1, API, { timeout_ms: 20 })
    expect(told(await child.settled(1))).toBe('timed_out')
  })

  it('a cancelled request ends at its server too', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (request) => {
        request.socket.once('close', () => closed.resolve())
        arrived.resolve()
      },
    })
    const child = talk(net.network, { hosts })
    child.request(1, API)
    await arrived.promise
    expect(child.take({ type: 'http.cancel', id: 1 })).toBe(true)
    await closed.promise
    expect(told(await child.settled(1))).toBe('cancelled')
  })

  it('the end of the call ends what is under way, says no more, and gives the record', async () => {
    const arrived = Promise.withResolvers<void>()
    await using net = await world({ 'api.example': () => arrived.resolve() })
    const call = new AbortController()
    const child = talk(net.network, { hosts, signal: call.signal })
    child.request(1, API)
    await arrived.promise
    call.abort()
    expect(await child.close()).toMatchObject([{ host: 'api.example', refused: 'cancelled' }])
    expect(child.replies).toEqual([])
    expect(child.request(2, API)).toBe(true)
    expect(child.replies).toEqual([])
  })

  it('a large body waits for who does not read', async () => {
    const size = 4_000_000
    let response_: ServerResponse | null = null
    await using net = await world({
      'api.example': (_, response) => {
        response_ = response
        response.end(Buffer.alloc(size, 'x'))
      },
    })
    const child = talk(net.network, { hosts })
    child.read(false)
    child.request(1, API)
    child.request(2, 'http://other.example/')
    await expect.poll(() => child.replies.length).toBeGreaterThan(4)
    const said = JSON.stringify(child.replies).length
    expect(said).toBeLessThan(400_000)
    expect(response_!.writableFinished).toBe(false)
    child.read(true)
    expect(told(await child.settled(1)).length).toBe(size + 4)
    expect(told(await child.settled(2))).toBe('host_not_approved')
  })
})

describe('hostile messages', () => {
  it.each([
    ['an id of nobody', { type: 'http.body', id: 7, data: '', last: true }],
    ['a cancelled nobody', { type: 'http.cancel', id: 7 }],
  ] satisfies [string, WebMessage][])('%s ends the call', async (_, message) => {
    await using net = await world({})
    expect(talk(net.network, { hosts }).take(message)).toBe(false)
  })

  it('an id twice, or one that goes back, ends the call', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts })
    expect(child.request(5, API)).toBe(true)
    expect(child.request(5, API)).toBe(false)
    expect(child.request(4, API)).toBe(false)
    expect(child.request(6, API)).toBe(true)
    expect(told(await child.settled(6))).toBe('200 hello')
  })

  it('parts after the last, after an error and after a cancel are dropped', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts })
    child.request(1, API, { method: 'POST', body: true })
    expect(child.take({ type: 'http.body', id: 1, data: base64('a'), last: true })).toBe(true)
    expect(child.take({ type: 'http.body', id: 1, data: base64('b'), last: true })).toBe(true)
    expect(echoed(told(await child.settled(1)).slice(4)).body).toBe('a')
    child.request(2, API, { method: 'POST', body: true })
    expect(child.take({ type: 'http.cancel', id: 2 })).toBe(true)
    expect(child.take({ type: 'http.body', id: 2, data: base64('b'), last: true })).toBe(true)
    expect(child.take({ type: 'http.cancel', id: 2 })).toBe(true)
    expect(child.replies.filter(({ id }) => id === 2)).toEqual([])
  })

  it('parts for a request that said it has no body are dropped', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts })
    child.request(1, API)
    expect(child.take({ type: 'http.body', id: 1, data: base64('a'), last: true })).toBe(true)
    expect(told(await child.settled(1))).toBe('200 hello')
  })

  it('a body beyond the limit is refused while it comes', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts, limits: { bodyBytes: 10 } })
    child.request(1, API, { method: 'POST', body: true })
    child.take({ type: 'http.body', id: 1, data: base64('12345678'), last: false })
    child.take({ type: 'http.body', id: 1, data: base64('9012'), last: false })
    expect(told(await child.settled(1))).toBe('request_too_large')
    expect(net.dialled).toEqual([])
  })

  it('many unfinished bodies are limited together, and what is dropped makes room', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts, limits: { bodyBytes: 10, heldBytes: 12 } })
    const upload = (id: number, last = false) => {
      child.request(id, API, { method: 'POST', body: true })
      child.take({ type: 'http.body', id, data: base64('12345678'), last })
    }
    upload(1)
    upload(2)
    expect(told(await child.settled(2))).toBe('request_too_large')
    child.take({ type: 'http.cancel', id: 1 })
    upload(3, true)
    expect(told(await child.settled(3))).toContain('200')
    upload(4, true)
    expect(told(await child.settled(4))).toContain('200')
  })

  it('requests without end are refused, and then end the call', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts, limits: { requests: 2 } })
    expect([1, 2, 3, 4].map((id) => child.request(id, 'nonsense'))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(told(await child.settled(4))).toBe('too_many_requests')
    expect(child.request(5, API)).toBe(false)
  })

  it('a head of giant parts is an error of that request', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts })
    child.request(1, API, { headers: [['x', 'y'.repeat(900_000)]] })
    child.request(2, API, {
      headers: Array.from({ length: 5000 }, (): [string, string] => ['x', 'y']),
    })
    child.request(3, `${API}${'a'.repeat(900_000)}`)
    child.request(4, API, { method: 'X'.repeat(900_000) })
    const ends = await Promise.all([1, 2, 3, 4].map((id) => child.settled(id)))
    expect(ends.map(told)).toEqual([
      'head_too_large',
      'head_too_large',
      'head_too_large',
      'bad_method',
    ])
    expect(JSON.stringify(child.replies).length).toBeLessThan(5_000)
    expect(JSON.stringify(await child.close()).length).toBeLessThan(5_000)
  })

  it.each([
    ['an id that is no number', { id: '1' }],
    ['id zero', { id: 0 }],
    ['a fractional id', { id: 1.5 }],
    ['an endless id', { id: 2 ** 60 }],
    ['headers that are an object', { headers: { a: 'b' } }],
    ['a header with three parts', { headers: [['a', 'b', 'c']] }],
    ['a header that is a number', { headers: [['a', 1]] }],
    ['a time that is nothing', { timeout_ms: 0 }],
    ['a time that is text', { timeout_ms: '1' }],
    ['a URL that is a list', { url: ['http://api.example/'] }],
    ['a type of the supervisor', { type: 'http.response' }],
  ])('%s is no message', (_, change) => {
    const message = {
      type: 'http.request',
      id: 1,
      url: API,
      method: 'GET',
      headers: [],
      body: false,
      follow: true,
    }
    expect(WebMessage.safeParse(message).success).toBe(true)
    expect(WebMessage.safeParse({ ...message, ...change }).success).toBe(false)
  })

  it('a time beyond every clock is no time limit', async () => {
    await using net = await world({ 'api.example': hello })
    const child = talk(net.network, { hosts })
    child.request(1, API, { timeout_ms: 1e300 })
    expect(told(await child.settled(1))).toBe('200 hello')
  })

  it('a part that is no base64 is whatever is left of it', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts })
    child.request(1, API, { method: 'POST', body: true })
    child.take({ type: 'http.body', id: 1, data: '\u0000*?%', last: true })
    expect(echoed(told(await child.settled(1)).slice(4)).body).toBe('')
  })
})
