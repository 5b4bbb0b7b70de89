import { HEARTBEAT_MS } from '#contract/limits.ts'
import { isFinal, OperationEvent, type OperationRequest } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import { BrokenStream, readLines } from './ndjson.ts'
import type { DoorRequest, TunnelDoor } from './tunnel-door.ts'

/** One missed heartbeat may be chance, two are a broken stream. */
const SILENCE_MS = 2 * HEARTBEAT_MS

/**
 * One operation as one stream, however many connections it takes. A connection that breaks throws;
 * the next `connect` goes on after the last numbered event, at any replica.
 */
export class OperationStream {
  readonly #door: TunnelDoor
  readonly #as: Principal
  readonly #request: OperationRequest
  #lastSeq = 0
  #accepted = false

  constructor(door: TunnelDoor, as: Principal, request: OperationRequest) {
    this.#door = door
    this.#as = as
    this.#request = request
  }

  /** True once the origin has said that it knows the operation. */
  get accepted(): boolean {
    return this.#accepted
  }

  /**
   * Yields events that no earlier connection yielded, up to the final one. Throws BrokenStream or
   * OriginAway when the connection fails; asking again is right then, and repeats nothing: the
   * operation is known by its `op_id`.
   */
  async *connect(signal: AbortSignal): AsyncGenerator<OperationEvent> {
    const response = await this.#door.ask(this.#as, this.#next(signal))
    if (response.body === null) throw new BrokenStream('The origin sent no stream')
    for await (const event of readLines(response.body, OperationEvent, SILENCE_MS)) {
      this.#accepted = true
      if ('seq' in event) {
        if (event.seq <= this.#lastSeq) continue
        this.#lastSeq = event.seq
      }
      yield event
      if (isFinal(event)) return
    }
    throw new BrokenStream('The stream ended before the operation did')
  }

  #next(signal: AbortSignal): DoorRequest {
    const { op_id } = this.#request
    const common = { requestId: op_id, headers: { accept: 'application/x-ndjson' }, signal }
    if (this.#accepted) {
      const path = `/operations/${op_id}/events?after=${this.#lastSeq}`
      return { ...common, method: 'GET', path }
    }
    const body = JSON.stringify(this.#request)
    return { ...common, method: 'POST', path: '/operations', body }
  }
}
