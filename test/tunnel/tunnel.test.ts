import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { IN_PLACE_NAMES } from './in-place.ts'
import { startTunnel } from './tunnel.ts'

/** An upstream of one listener, and the way to it. */
async function upstream(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

async function tunnelTo(...listeners: RequestListener[]) {
  const tunnel = await startTunnel(await Promise.all(listeners.map(upstream)))
  onTestFinished(() => tunnel[Symbol.asyncDispose]())
  return tunnel
}

/** An address at which nobody listens. */
async function nobody(): Promise<URL> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return new URL(`http://127.0.0.1:${port}`)
}

const says =
  (text: string): RequestListener =>
  (_asked, answer) =>
    void answer.end(text)

/** Streams three lines; each waits for the one before to have been written. */
const lines: RequestListener = (_asked, answer) => {
  answer.writeHead(200, { 'content-type': 'application/x-ndjson' })
  for (const line of ['one\n', 'two\n', 'three\n']) answer.write(line)
  answer.end()
}

/** The first line at once, and nothing more until whoever asked leaves. */
const lineThenSilence: RequestListener = (_asked, answer) => void answer.write('one\n')

const text = async (url: URL) => (await fetch(url)).text()

describe('upstreams', () => {
  test('are asked in turn', async () => {
    const tunnel = await tunnelTo(says('a'), says('b'))
    const said = [await text(tunnel.url), await text(tunnel.url), await text(tunnel.url)]
    expect(said).toEqual(['a', 'b', 'a'])
    expect(new Set(tunnel.served('/').map(String)).size).toBe(2)
    await vi.waitFor(() =>
      expect(tunnel.passages.map(({ state }) => state)).toEqual(['whole', 'whole', 'whole']),
    )
  })

  test('that refuse connections are passed over', async () => {
    await using tunnel = await startTunnel([await nobody(), await upstream(says('here'))])
    expect(await text(tunnel.url)).toBe('here')
    expect(await text(tunnel.url)).toBe('here')
  })

  test('that all refuse make a bad gateway, in HTML', async () => {
    await using tunnel = await startTunnel([await nobody()])
    const answer = await fetch(tunnel.url)
    expect(answer.status).toBe(502)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(tunnel.passages).toMatchObject([{ upstream: null }])
  })

  test('that come back are waited for by the patient', async () => {
    const later = await nobody()
    await using tunnel = await startTunnel([later], { patienceMs: 20_000 })
    const said = text(tunnel.url)
    await vi.waitFor(() => expect(tunnel.passages).toHaveLength(1))
    const server = createServer(says('back')).listen(Number(later.port), '127.0.0.1')
    expect(await said).toBe('back')
    server.close()
  })

  test('that break off break towards whoever asked, and hear of whoever leaves', async () => {
    const left = Promise.withResolvers<void>()
    const tunnel = await tunnelTo((asked, answer) => {
      if (asked.url === '/broken') answer.write('x', () => answer.destroy())
      else answer.once('close', left.resolve).write('x')
    })
    await expect(text(new URL('/broken', tunnel.url))).rejects.toThrow('terminated')
    const leaving = new AbortController()
    await fetch(tunnel.url, { signal: leaving.signal })
    leaving.abort()
    await left.promise
  })
})

describe('weather', () => {
  test('is made for some requests, so often', async () => {
    const tunnel = await tunnelTo(says('fair'))
    const spell = tunnel.turn({ instead: 'tunnel down' }, ({ path }) => path === '/a', 1)
    const at = async (path: string) => (await fetch(new URL(path, tunnel.url))).status
    expect([await at('/b'), await at('/a'), await at('/a')]).toEqual([200, 530, 200])
    expect(spell.met).toBe(1)
  })

  test('clears up', async () => {
    const tunnel = await tunnelTo(says('fair'))
    {
      using _spell = tunnel.turn({ instead: 'forbidden' })
      expect((await fetch(tunnel.url)).status).toBe(403)
    }
    expect(await text(tunnel.url)).toBe('fair')
  })

  test.each(IN_PLACE_NAMES)('%s: the upstream hears nothing', async (instead) => {
    const heard = vi.fn<RequestListener>()
    const tunnel = await tunnelTo(heard)
    tunnel.turn({ instead })
    const answer = await fetch(tunnel.url, { redirect: 'manual' }).catch(() => null)
    expect(answer === null).toBe(instead === 'reset')
    await answer?.text()
    expect(heard).not.toHaveBeenCalled()
  })

  test('a read timeout is told of before the answer begins, and cuts it after that', async () => {
    const tunnel = await tunnelTo((asked, answer) => {
      if (asked.url !== '/silent') lineThenSilence(asked, answer)
    })
    tunnel.turn({ readTimeoutMs: 50 })
    expect((await fetch(new URL('/silent', tunnel.url))).status).toBe(524)
    await expect(text(tunnel.url)).rejects.toThrow('terminated')
  })

  test('a read timeout leaves alone what says something in time', async () => {
    const tunnel = await tunnelTo((_asked, answer) => {
      let beats = 0
      const beat = setInterval(() => {
        answer.write('.')
        if (++beats < 10) return
        clearInterval(beat)
        answer.end()
      }, 20)
    })
    tunnel.turn({ readTimeoutMs: 5_000 })
    expect(await text(tunnel.url)).toBe('.'.repeat(10))
    expect(tunnel.passages[0]!.pieces.length).toBeGreaterThan(1)
  })

  test('an answer breaks after so many lines, or bytes', async () => {
    const tunnel = await tunnelTo(lines)
    const read = async () => {
      let seen = ''
      try {
        const { body } = await fetch(tunnel.url)
        for await (const piece of body!.pipeThrough(new TextDecoderStream())) seen += piece
        return `${seen}, whole`
      } catch {
        return seen
      }
    }
    tunnel.turn({ breakAfter: { lines: 2 } }, undefined, 1)
    expect('one\ntwo\n').toContain(await read())
    tunnel.turn({ breakAfter: { bytes: 1 } }, undefined, 1)
    expect('o').toContain(await read())
    expect(await read()).toBe('one\ntwo\nthree\n, whole')
    expect(tunnel.passages.map(({ state }) => state)).toMatchObject(['broken', 'broken', {}])
  })

  test.each([{ stallAfter: { lines: 1 } }, { mute: true }])(
    'a connection stays open on which nothing more comes: %o',
    async (weather) => {
      const tunnel = await tunnelTo(lines)
      tunnel.turn(weather)
      const leaving = new AbortController()
      const answer = fetch(tunnel.url, { signal: leaving.signal })
      const end = answer.then((response) => response.text()).catch(() => 'left')
      await vi.waitFor(() => expect(tunnel.passages[0]?.upstream).toBeTruthy())
      expect(tunnel.passages[0]!.state).toBe('under way')
      leaving.abort()
      expect(await end).toBe('left')
    },
  )

  test('an answer is kept back until enough is there, and comes whole in the end', async () => {
    const tunnel = await tunnelTo(lineThenSilence, lines)
    tunnel.turn({ holds: { bytes: 1_000 } })
    const held = fetch(tunnel.url, { signal: AbortSignal.timeout(200) })
    await expect(held).rejects.toThrow('timeout')
    expect(await text(tunnel.url)).toBe('one\ntwo\nthree\n')
  })

  test('cloudflared keeps back what declares its length and is no stream', async () => {
    const declares =
      (type: string): RequestListener =>
      (_asked, answer) => {
        answer.writeHead(200, { 'content-type': type, 'content-length': 8 }).write('one\n')
      }
    const tunnel = await tunnelTo(
      lineThenSilence,
      declares('text/plain'),
      declares('application/x-ndjson'),
    )
    tunnel.turn({ holds: 'declared lengths' })
    const first = async () => {
      const { body } = await fetch(tunnel.url, { signal: AbortSignal.timeout(500) })
      const { value } = await body!.getReader().read()
      return new TextDecoder().decode(value)
    }
    expect(await first()).toBe('one\n')
    await expect(first()).rejects.toThrow('timeout')
    expect(await first()).toBe('one\n')
  })

  test('an answer drips', async () => {
    const tunnel = await tunnelTo(lines)
    tunnel.turn({ drip: { bytes: 1, everyMs: 1 } })
    expect(await text(tunnel.url)).toBe('one\ntwo\nthree\n')
  })

  test('connections are closed between requests, and when they are cut', async () => {
    const tunnel = await tunnelTo(says('a'), lineThenSilence)
    tunnel.turn({ hangsUp: true }, undefined, 1)
    expect(await text(tunnel.url)).toBe('a')
    const end = text(tunnel.url).catch(() => 'cut')
    await vi.waitFor(() => expect(tunnel.passages[1]?.pieces).toHaveLength(1))
    tunnel.cut()
    expect(await end).toBe('cut')
    expect(await text(tunnel.url)).toBe('a')
  })
})
