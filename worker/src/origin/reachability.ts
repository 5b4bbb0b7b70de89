import { OriginRefusal } from '#gateway/origin.ts'

/** Remembers since when the origin has been away, as far as this isolate has seen. */
export class Reachability {
  #awaySince: number | null = null

  sawIt(): void {
    this.#awaySince = null
  }

  missedIt(): void {
    this.#awaySince ??= Date.now()
  }

  /**
   * What a client is told while the origin is away.
   * @param mayRun true for a call that the origin may have heard of: to call again may be to run twice
   */
  refusal(cause: unknown, mayRun = false): OriginRefusal {
    const since = new Date(this.#awaySince ?? Date.now()).toISOString()
    const began = mayRun ? 'Whether this call was begun there is not known. ' : ''
    const refusal = new OriginRefusal({
      code: 'origin_unreachable',
      message:
        `The MCPbox origin has been unreachable since ${since}. ${began}` +
        'Check that it and its tunnel are running; calls work again as soon as they are.',
    })
    refusal.cause = cause
    return refusal
  }
}
