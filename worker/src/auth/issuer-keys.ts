import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose'
import { z } from 'zod'

/** How long a key set is used before it is asked for again. */
const FRESH_MS = 300_000
/** How long the last good set is used while no newer one can be had. */
const STALE_MS = 24 * 3_600_000
/** How old a kept set becomes before the same set is kept again, which makes it young again. */
const KEPT_AGAIN_MS = 6 * 3_600_000
/** How often keys are asked for in a while: for a key that is not known, and after a failure. */
const ASKING = { most: 5, inMs: 30_000 }
/**
 * How many requests may ask at the same time. Each asks by itself, as the work of one request ends
 * with it in workerd; together they count as one.
 */
const ASKING_AT_ONCE = 50
const ANSWER_MS = 5_000

/** The keys could not be had, so that nothing is known about the token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** Keeps the last good key set beyond this isolate. */
export interface KeyMemory {
  read(): Promise<string | null>
  /** @param etag where it is that of what was kept last, nothing need be kept */
  keep(text: string, etag: string): void
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })

interface Known {
  find: ReturnType<typeof createLocalJWKSet>
  at: number
}

/**
 * An issuer's signing keys (RFC 7517). Asked for again after 300 s, and at once for a key that is
 * not among them, so that a rotation is never noticed; while the issuer cannot be asked, the last
 * good set serves on. One per isolate.
 */
export class IssuerKeys {
  readonly #url: URL
  readonly #memory: KeyMemory
  readonly #onFault: (fault: unknown) => void
  #known: Known | null = null
  #asked: number[] = []
  #pending = 0
  #kept: string | null = null

  constructor(url: URL, memory: KeyMemory, onFault: (fault: unknown) => void) {
    this.#url = url
    this.#memory = memory
    this.#onFault = onFault
  }

  /** For `jwtVerify`. Throws KeysUnavailable, and JWKSNoMatchingKey for a key that is not the issuer's. */
  readonly find = async (
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
  ): Promise<CryptoKey> => {
    const known = await this.#current()
    try {
      return await known.find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      if (!this.#mayAsk()) throw new KeysUnavailable('An unknown key, asked for too often')
      return (await this.#refresh()).find(header, token)
    }
  }

  async #current(): Promise<Known> {
    const known = this.#known
    if (known === null) return this.#first()
    const age = Date.now() - known.at
    if (age < FRESH_MS) return known
    if (age < STALE_MS && !this.#mayAsk()) return known
    try {
      return await this.#refresh()
    } catch (fault) {
      if (age >= STALE_MS) throw fault
      this.#onFault(fault)
      return known
    }
  }

  /** Nothing is known in this isolate yet; another one may have kept what it knew. */
  async #first(): Promise<Known> {
    try {
      if (!this.#mayAsk()) throw new KeysUnavailable('The issuer was asked too often')
      return await this.#refresh()
    } catch (fault) {
      const kept = Kept.safeParse(JSON.parse((await this.#memory.read()) ?? 'null'))
      if (!kept.success || Date.now() - kept.data.at >= STALE_MS) throw fault
      this.#onFault(fault)
      this.#known = { find: localSet(kept.data.set), at: kept.data.at }
      return this.#known
    }
  }

  #mayAsk(): boolean {
    if (this.#pending > 0) return this.#pending < ASKING_AT_ONCE
    const since = Date.now() - ASKING.inMs
    this.#asked = this.#asked.filter((at) => at > since)
    return this.#asked.length < ASKING.most
  }

  async #refresh(): Promise<Known> {
    if (this.#pending === 0) this.#asked.push(Date.now())
    this.#pending++
    const set = await this.#fetch().finally(() => this.#pending--)
    const at = Date.now()
    this.#known = { find: localSet(set), at }
    this.#keep(set, at)
    return this.#known
  }

  /** Sets are asked for every few minutes and change every few weeks. */
  #keep(set: z.infer<typeof KeySet>, at: number): void {
    const etag = `${Math.floor(at / KEPT_AGAIN_MS)}:${JSON.stringify(set)}`
    if (etag === this.#kept) return
    this.#kept = etag
    this.#memory.keep(JSON.stringify({ at, set } satisfies z.infer<typeof Kept>), etag)
  }

  async #fetch(): Promise<z.infer<typeof KeySet>> {
    try {
      const response = await fetch(this.#url, {
        signal: AbortSignal.timeout(ANSWER_MS),
        redirect: 'manual',
      })
      if (response.ok) return KeySet.parse(await response.json())
      await response.body?.cancel()
      throw new Error(`The keys were answered with ${response.status}`)
    } catch (cause) {
      throw new KeysUnavailable('The issuer’s keys could not be fetched', { cause })
    }
  }
}

const Kept = z.object({ at: z.number(), set: KeySet })

function localSet(set: z.infer<typeof KeySet>): Known['find'] {
  return createLocalJWKSet(set)
}
