import type { NoticeBoard } from '../../domain/notices.ts'
import {
  holding,
  pairOf,
  type Holding,
  type KeyPair,
  type KeyRing,
} from '../../domain/tunnel-keys/key-ring.ts'

/** Readings begin at least this long after one another, however many wrong tokens come. */
const PAUSE_MS = 250
/** A reading is not trusted longer than this: notices may be lost. */
const GOOD_FOR_MS = 30_000

/** What times the readings; tests have a clock of their own. */
export interface Clock {
  now(): number
  pause(ms: number): Promise<void>
}

const REAL: Clock = {
  now: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/**
 * The key ring as this process knows it, kept in memory so that a call costs no reading. A token
 * is refused only by a reading that began after it came, so a rotation that began at another
 * replica counts at once; all who wait for a reading share it.
 */
export class KnownKeys implements Disposable {
  readonly #read: () => Promise<KeyRing>
  readonly #clock: Clock
  readonly #listening: Disposable
  #known: { ring: KeyRing; at: number } | null = null
  #ahead: Promise<KeyRing> | null = null
  #lastBegun = -Infinity
  #notices = 0
  #reading: Promise<unknown> = Promise.resolve()

  constructor(parts: { read: () => Promise<KeyRing>; notices: NoticeBoard; clock?: Clock }) {
    this.#read = parts.read
    this.#clock = parts.clock ?? REAL
    this.#listening = parts.notices.on('mcpbox_tunnel_keys', () => {
      this.#known = null
      this.#notices++
    })
  }

  /**
   * The pair that this service token belongs to, or what its holder holds instead.
   * @throws when the ring is needed and cannot be read: then nobody is let in
   */
  async match(serviceToken: string): Promise<{ pair: KeyPair } | { pair: null; holds: Holding }> {
    // No token becomes a good one by a rotation.
    if (serviceToken === '') return { pair: null, holds: 'none' }
    const known = this.#fresh()
    const pair = known === null ? null : pairOf(known, serviceToken)
    if (pair !== null) return { pair }
    const ring = await this.#readFromNowOn()
    const found = pairOf(ring, serviceToken)
    return found === null ? { pair: null, holds: holding(ring, serviceToken) } : { pair: found }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
  }

  #fresh(): KeyRing | null {
    if (this.#known === null || this.#clock.now() - this.#known.at > GOOD_FOR_MS) return null
    return this.#known.ring
  }

  /** A reading that has not begun yet. */
  #readFromNowOn(): Promise<KeyRing> {
    this.#ahead ??= this.#readAhead()
    return this.#ahead
  }

  async #readAhead(): Promise<KeyRing> {
    // One after the other, so that an older answer never takes the place of a newer one.
    await this.#reading
    const wait = this.#lastBegun + PAUSE_MS - this.#clock.now()
    if (wait > 0) await this.#clock.pause(wait)
    this.#ahead = null
    const at = this.#clock.now()
    this.#lastBegun = at
    const heard = this.#notices
    const reading = this.#read()
    this.#reading = Promise.allSettled([reading])
    const ring = await reading
    // What was noticed while it read may not be in it.
    if (this.#notices === heard) this.#known = { ring, at }
    return ring
  }
}
