import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ask, brokerFor, refusal } from '../testing/policy.ts'
import { echo } from '../testing/sites.ts'
import { world } from '../testing/world.ts'

const URL_ = 'http://api.example/'
const hosts = ['api.example']

/** Writes without end, as fast as it is read. */
async function flood(response: ServerResponse, into: NodeJS.WritableStream): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  while (!response.destroyed) {
    if (!into.write(Buffer.alloc(65_536))) {
      await once(into, 'drain', { signal: gone.signal }).catch(() => null)
    }
    await turn()
  }
}

describe('a body is limited', () => {
  it('on its way out', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, limits: { bodyBytes: 100 } })
    const post = (length: number) => ({ method: 'POST', body: 'x'.repeat(length) })
    expect(await refusal(broker, URL_, post(101))).toBe('request_too_large')
    expect(net.dialled).toEqual([])
  })

  it('on its way in, while it comes', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        response.writeHead(200)
        void flood(response, response)
      },
    })
    const broker = brokerFor(net.network, { hosts })
    expect(await refusal(broker, URL_)).toBe('response_too_large')
    expect(broker.records()[0]?.bytes_in).toBeLessThanOrEqual(10_000_000)
  })

  it('after it is decoded: a bomb is met while it unfolds', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        const packed = createGzip()
        packed.pipe(response)
        void flood(response, packed).then(() => packed.destroy())
      },
    })
    const broker = brokerFor(net.network, { hosts })
    expect(await refusal(broker, URL_)).toBe('response_too_large')
  })

  it.each([
    ['an encoding inside another', 'gzip, gzip'],
    ['an unknown encoding', 'zstd'],
    ['an encoding that it has not', 'gzip'],
  ])('%s is a failure', async (_, encoding) => {
    await using net = await world({
      'api.example': (_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding })
        response.end(encoding === 'gzip' ? 'plain' : gzipSync(gzipSync('hello')))
      },
    })
    expect(await refusal(brokerFor(net.network, { hosts }), URL_)).toBe(
      encoding === 'gzip' ? 'upstream_failed' : 'bad_encoding',
    )
  })
})

describe('time is limited', () => {
  const limit = () => AbortSignal.timeout(50)

  it('for a server that says nothing', async () => {
    await using net = await world({ 'api.example': () => undefined })
    await expect(ask(brokerFor(net.network, { hosts }), URL_, {}, limit())).rejects.toThrow(
      'timeout',
    )
  })

  it('for a server that drips', async () => {
    await using net = await world({
      'api.example': (_, response) => {
        response.writeHead(200, { 'content-length': '1000000' })
        const drip = setInterval(() => response.write('.'), 5)
        response.once('close', () => clearInterval(drip))
      },
    })
    await expect(ask(brokerFor(net.network, { hosts }), URL_, {}, limit())).rejects.toThrow(
      'timeout',
    )
  })

  it('for a name server that never answers', async () => {
    await using net = await world({})
    const silent = { ...net.network, resolve: () => new Promise<string[]>(() => undefined) }
    await expect(ask(brokerFor(silent, { hosts }), URL_, {}, limit())).rejects.toThrow('timeout')
  })

  it('by the end of the call, which ends all its requests and waits for none', async () => {
    const closed = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (request) => {
        request.socket.once('close', () => closed.resolve())
        arrived.resolve()
      },
    })
    const call = new AbortController()
    const broker = brokerFor(net.network, { hosts, signal: call.signal })
    const asked = refusal(broker, URL_)
    await arrived.promise
    call.abort()
    expect(await asked).toContain('AbortError')
    await closed.promise
    expect(broker.records()[0]?.refused).toBe('cancelled')
    expect(await refusal(broker, URL_)).toContain('AbortError')
  })
})

describe('numbers are limited', () => {
  it('eight at once; the next one waits for a place', async () => {
    const waiting: ServerResponse[] = []
    let eight = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (_, response) => {
        waiting.push(response)
        if (waiting.length === 8) eight.resolve()
      },
    })
    const broker = brokerFor(net.network, { hosts })
    const asked = Array.from({ length: 16 }, () => refusal(broker, URL_))
    await eight.promise
    expect([net.dialled.length, waiting.length]).toEqual([8, 8])
    eight = Promise.withResolvers()
    for (const response of waiting.splice(0)) response.end()
    await eight.promise
    expect(net.dialled.length).toBe(16)
    for (const response of waiting) response.end()
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['status 200']))
  })

  it('and so many may wait', async () => {
    await using net = await world({ 'api.example': () => undefined })
    const call = new AbortController()
    const limits = { atOnce: 1, waiting: 1 }
    const broker = brokerFor(net.network, { hosts, limits, signal: call.signal })
    const asked = [refusal(broker, URL_), refusal(broker, URL_)]
    expect(await refusal(broker, URL_)).toBe('too_many_at_once')
    call.abort()
    expect((await Promise.all(asked)).every((told) => told.includes('AbortError'))).toBe(true)
  })

  it('a thousand in one call, whatever became of them', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, limits: { requests: 3 } })
    expect(await refusal(broker, 'nonsense')).toBe('bad_url')
    expect(await refusal(broker, URL_)).toBe('status 200')
    expect(await refusal(broker, 'http://other.example/')).toBe('host_not_approved')
    expect(await refusal(broker, URL_)).toBe('too_many_requests')
    expect(net.dialled.length).toBe(1)
  })

  it('a redirect counts', async () => {
    await using net = await world({
      'api.example': (_, response) => response.writeHead(302, { location: '/' }).end(),
    })
    const broker = brokerFor(net.network, { hosts, limits: { requests: 2 } })
    expect(await refusal(broker, URL_)).toBe('too_many_requests')
  })

  it('a response whose body nobody reads gives its place back when it is closed', async () => {
    await using net = await world({ 'api.example': echo })
    const broker = brokerFor(net.network, { hosts, limits: { atOnce: 1, waiting: 0 } })
    const request = { method: 'GET', url: URL_, headers: [], body: null, follow: true }
    const first = await broker.send(request, new AbortController().signal)
    expect(await refusal(broker, URL_)).toBe('too_many_at_once')
    first.close()
    first.close()
    expect(await refusal(broker, URL_)).toBe('status 200')
    expect(await refusal(broker, URL_)).toBe('status 200')
  })
})
