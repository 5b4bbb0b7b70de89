import type { RequestId } from '@modelcontextprotocol/server'
import type { OpId } from '#contract/operation.ts'
import type { LegacyExchange } from './legacy-exchange.ts'

/**
 * The requests of one session that have no answer yet, by the id their client gave them. Clients
 * reuse ids while they are in use, so that an id may name several.
 */
export class CallsInFlight {
  readonly #calls = new Map<RequestId, Set<LegacyExchange>>()

  add(id: RequestId, call: LegacyExchange): void {
    const sameId = this.#calls.get(id) ?? new Set()
    this.#calls.set(id, sameId.add(call))
    const over = () => {
      sameId.delete(call)
      if (sameId.size === 0) this.#calls.delete(id)
    }
    void call.over.then(over)
  }

  /** The one request of this id; null when there is none, or more than one. */
  only(id: RequestId): LegacyExchange | null {
    const [call, second] = this.#calls.get(id) ?? []
    return call !== undefined && second === undefined ? call : null
  }

  /** Closes what went on with an operation under this id; the operation runs on. */
  async leave(id: RequestId, opId: OpId): Promise<void> {
    const left = [...(this.#calls.get(id) ?? [])].filter((call) => call.opId === opId)
    await Promise.all(left.map((call) => call.leave()))
  }

  all(): LegacyExchange[] {
    return [...this.#calls.values()].flatMap((calls) => [...calls])
  }
}
