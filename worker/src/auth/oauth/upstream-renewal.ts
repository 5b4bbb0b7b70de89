import { DurableObject } from 'cloudflare:workers'

/** What may be done with an upstream refresh token. */
export type Begun =
  /** Ask the provider; nobody else does. */
  | { is: 'go' }
  /** Somebody is at it. */
  | { is: 'busy' }
  /** The provider was asked, and what it gave is not known to be saved: this, sealed. */
  | { is: 'kept'; sealed: Uint8Array<ArrayBuffer> }
  /** Somebody has renewed and saved it. */
  | { is: 'renewed' }

/** Far longer than the provider may take to answer and KV to save. */
const TURN_MS = 60_000

/**
 * How long it is known what became of a token: for a client that tries again, and until KV shows the
 * new grant everywhere, which takes it a minute or more.
 */
const KEPT_MS = 5 * 60_000

const STATE = 'state'

type State =
  | { is: 'asked'; turn: string; until: number }
  | { is: 'kept'; turn: string; until: number; sealed: Uint8Array<ArrayBuffer> }
  | { is: 'renewed' }

/**
 * Decides who may use one upstream refresh token, by whose SHA-256 it is named. A provider that
 * rotates its tokens refuses the second use of one with the very words that it has for somebody who
 * was removed. So that they mean the latter, a token is used once, by one at a time, and what came
 * of it is kept until it is saved elsewhere. It holds no token in clear, and removes itself.
 */
export class UpstreamRenewal extends DurableObject {
  /** @param turn names whoever asks, in what they say of it later */
  async begin(turn: string): Promise<Begun> {
    const state = this.#state()
    if (state?.is === 'renewed') return { is: 'renewed' }
    const now = Date.now()
    if (state !== undefined && now < state.until) return { is: 'busy' }
    const until = now + TURN_MS
    if (state?.is === 'kept') {
      await this.#become({ ...state, turn, until })
      return { is: 'kept', sealed: state.sealed }
    }
    await this.#become({ is: 'asked', turn, until })
    return { is: 'go' }
  }

  /** What the provider gave, sealed by whoever has the old token. */
  async keep(turn: string, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#become({ is: 'kept', turn, until: Date.now() + TURN_MS, sealed })
  }

  /** What was kept, if anything, is in the grant. */
  async saved(): Promise<void> {
    if (this.#state()?.is === 'kept') await this.#become({ is: 'renewed' })
  }

  /** Ends a turn without a saved grant. False when it had passed to somebody else. */
  async leave(turn: string): Promise<boolean> {
    const state = this.#state()
    if (state === undefined || state.is === 'renewed' || state.turn !== turn) return false
    if (state.is === 'kept') await this.#become({ ...state, until: 0 })
    else await this.#forget()
    return true
  }

  override async alarm(): Promise<void> {
    await this.#forget()
  }

  #state(): State | undefined {
    return this.ctx.storage.kv.get<State>(STATE)
  }

  async #become(state: State): Promise<void> {
    const { storage } = this.ctx
    storage.kv.put(STATE, state)
    await storage.setAlarm(Date.now() + KEPT_MS)
  }

  async #forget(): Promise<void> {
    const { storage } = this.ctx
    // At once: nobody may begin between the two.
    await Promise.all([storage.deleteAlarm(), storage.deleteAll()])
  }
}
