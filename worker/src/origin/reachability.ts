import { OriginRefusal } from '#gateway/origin.ts'
import type { OriginAway } from './origin-away.ts'

/** Remembers beyond this isolate since when the origin is away. */
export interface AwayMemory {
  /** Since when nobody has seen it. All in milliseconds since 1970; 0 for never. */
  missed(at: number, lastSeen: number): Promise<number>
  seen(): void
}

/** Whether the origin is there, as far as any isolate has seen. */
export class Reachability {
  readonly #memory: AwayMemory
  readonly #onFault: (fault: unknown) => void
  /** False as long as this isolate has not seen it, and once it has missed it. */
  #isThere = false
  #missedAt: number | null = null
  #lastSeen = 0

  constructor(memory: AwayMemory, onFault: (fault: unknown) => void) {
    this.#memory = memory
    this.#onFault = onFault
  }

  sawIt(): void {
    this.#lastSeen = Date.now()
    if (this.#isThere) return
    this.#isThere = true
    this.#missedAt = null
    this.#memory.seen()
  }

  missedIt(): void {
    this.#isThere = false
    this.#missedAt ??= Date.now()
  }

  /**
   * What a client is told while the origin is away: since when, why, and what to do.
   * @param mayRun true for a call that the origin may have heard of: to call again may be to run twice
   */
  async refusal(away: OriginAway, mayRun = false): Promise<OriginRefusal> {
    // Also where it had answered before its stream broke: what is noted now is taken back when it is seen.
    this.missedIt()
    const since = await this.#missedSince(this.#missedAt ?? Date.now())
    const began = mayRun ? 'Whether this call was begun there is not known. ' : ''
    const refusal = new OriginRefusal({
      code: 'origin_unreachable',
      message:
        `The MCPbox origin has been unreachable since ${new Date(since).toISOString()}. ` +
        `${began}${away.advice} Calls work again as soon as it is back.`,
    })
    refusal.cause = away
    return refusal
  }

  async #missedSince(at: number): Promise<number> {
    try {
      return await this.#memory.missed(at, this.#lastSeen)
    } catch (fault) {
      // Who is told of the outage is not to be told of this instead.
      this.#onFault(fault)
      return at
    }
  }
}
