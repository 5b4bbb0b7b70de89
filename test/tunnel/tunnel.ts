import { Agent, createServer, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { answerInPlace } from './in-place.ts'
import { relay } from './relay.ts'
import { Spell, type Asked, type Weather } from './weather.ts'

/** One request as the tunnel saw it. */
export interface Passage extends Asked {
  /** Who answered, or was about to; null for nobody. */
  upstream: URL | null
  /** When each piece of the answer came from the upstream: milliseconds since 1970. */
  pieces: { at: number; bytes: number }[]
  /** Whole: all of the upstream's answer went to whoever asked. */
  state: 'under way' | 'whole' | 'broken'
}

/**
 * Plays the way to an origin, or to a Worker: hands each request to the next upstream, as a tunnel
 * with several connectors does, and passes over those that refuse the connection. What else may go
 * wrong on such a way, a test switches on.
 */
export interface Tunnel extends AsyncDisposable {
  url: URL
  /** All requests, in the order in which they came. */
  passages: readonly Passage[]
  /** Upstreams in the order in which they were given requests that began with this path. */
  served(path: string): URL[]
  /** Makes weather for the requests to come: all of them, as often as they come, unless said. */
  turn(weather: Weather, where?: (asked: Asked) => boolean, times?: number): Spell
  /** Resets every connection that there is now, on both sides. */
  cut(): void
}

/**
 * @param options.patienceMs how long a request is kept while every upstream refuses connections: an
 * edge that always has another Worker is patient, a tunnel is not
 */
export async function startTunnel(
  upstreams: readonly URL[],
  { patienceMs = 0 }: { patienceMs?: number } = {},
): Promise<Tunnel> {
  const passages: Passage[] = []
  const spells = new Set<Spell>()
  const sockets = new Set<Socket>()
  const agent = new Agent({ keepAlive: true })
  let turn = 0

  function weatherFor(asked: Asked): Weather {
    const meeting = [...spells].filter((spell) => spell.meets(asked))
    return Object.assign({}, ...meeting.map(({ weather }) => weather))
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming
    const asked: Asked = { method, path, headers }
    const weather = weatherFor(asked)
    const passage: Passage = { ...asked, upstream: null, pieces: [], state: 'under way' }
    passages.push(passage)
    const left = new AbortController()
    outgoing.once('close', () => {
      if (passage.state === 'under way') passage.state = 'broken'
      left.abort()
    })
    const { socket } = outgoing
    if (weather.hangsUp) outgoing.once('finish', () => socket?.end())
    const body = await buffer(incoming)
    if (weather.instead !== undefined) return answerInPlace(weather.instead, outgoing)
    const until = Date.now() + patienceMs
    const clock = new ReadClock(weather.readTimeoutMs)
    try {
      const answer = await reach(incoming, body, { passage, left: left.signal, until, clock })
      if (answer === null) return answerInPlace('bad gateway', outgoing)
      if (weather.mute) return
      clock.onLate(() => answer.destroy(new Error('the upstream fell silent')))
      const heard = (bytes: number) => {
        clock.heard()
        passage.pieces.push({ at: Date.now(), bytes })
      }
      await relay(answer, outgoing, { weather, left: left.signal, heard })
      // What was held back or cut short is not what the upstream sent.
      if (outgoing.writableEnded) passage.state = 'whole'
    } catch (fault) {
      if (outgoing.headersSent || left.signal.aborted) outgoing.socket?.resetAndDestroy()
      else answerInPlace(fault instanceof TooSlow ? 'too slow' : 'bad gateway', outgoing)
    } finally {
      clock.stop()
    }
  }

  /** The answer of the first upstream that takes the connection; null when none does. */
  async function reach(incoming: IncomingMessage, body: Buffer, how: Reaching) {
    for (let refusals = 1; ; refusals++) {
      const upstream = upstreams[turn++ % upstreams.length]
      if (upstream === undefined || how.left.aborted) return null
      how.passage.upstream = upstream
      try {
        return await ask(incoming, body, upstream, how)
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw fault
        how.passage.upstream = null
      }
      if (refusals % upstreams.length !== 0) continue
      if (Date.now() >= how.until) return null
      await pause(50)
    }
  }

  function ask(incoming: IncomingMessage, body: Buffer, upstream: URL, how: Reaching) {
    const { hostname, port } = upstream
    const { method, headers, url: path } = incoming
    const { left, clock } = how
    return new Promise<IncomingMessage>((resolve, reject) => {
      const onward: ClientRequest = httpRequest(
        { agent, hostname, port, method, headers, path, signal: left },
        resolve,
      )
      clock.onLate(() => onward.destroy(new TooSlow()))
      onward.on('error', reject)
      onward.end(body)
    })
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.socket?.resetAndDestroy())
  })
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    passages,
    served: (path) =>
      passages.flatMap((passage) =>
        passage.upstream !== null && passage.path.startsWith(path) ? [passage.upstream] : [],
      ),
    turn(weather, where = () => true, times = Number.POSITIVE_INFINITY) {
      const spell = new Spell(weather, where, times)
      spells.add(spell)
      return spell
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Reaching {
  passage: Passage
  left: AbortSignal
  /** When every upstream refused, others are waited for until then. */
  until: number
  clock: ReadClock
}

class TooSlow extends Error {}

/** Runs out when nothing was heard for so long. */
class ReadClock {
  readonly #ms: number | undefined
  #timer: NodeJS.Timeout | undefined
  #late = () => {}

  constructor(ms: number | undefined) {
    this.#ms = ms
    this.heard()
  }

  onLate(act: () => void): void {
    this.#late = act
  }

  heard(): void {
    this.stop()
    if (this.#ms !== undefined) this.#timer = setTimeout(() => this.#late(), this.#ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
