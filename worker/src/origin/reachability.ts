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

  /** What a client is told while the origin is away. */
  refusal(cause: unknown): OriginRefusal {
    const since = new Date(this.#awaySince ?? Date.now()).toISOString()
    const refusal = new OriginRefusal({
      code: 'origin_unreachable',
      message:
        `The MCPbox origin has been unreachable since ${since}. ` +
        'Check that it and its tunnel are running; calls work again as soon as they are.',
    })
    refusal.cause = cause
    return refusal
  }
}
