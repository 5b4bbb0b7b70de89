import { HEARTBEAT_MS } from '#contract/limits.ts'
import { isFinal, OperationEvent, type OperationRequest, type OpId } from '#contract/operation.ts'
import type { Caller } from '#gateway/origin.ts'
import { BrokenStream, readLines } from './ndjson.ts'
import { OriginAway } from './origin-away.ts'
import type { DoorRequest, TunnelDoor } from './tunnel-door.ts'

/** The origin says at once that it has an operation. One that does not is asked again. */
const ANSWER_MS = 5_000

/** One missed heartbeat may be chance, two are a broken stream. */
const SILENCE = { firstMs: ANSWER_MS, laterMs: 2 * HEARTBEAT_MS }

/** An operation to begin, or one that began before, with the last event that was seen of it. */
export type OperationStart = OperationRequest | { opId: OpId; after: number }

/**
 * One operation as one stream, however many connections it takes. A connection that breaks throws;
 * the next `connect` goes on after the last numbered event, at any replica.
 */
export class OperationStream {
  readonly #door: TunnelDoor
  readonly #as: Caller
  readonly #start: OperationStart
  #opId: OpId
  #lastSeq: number
  #accepted: boolean
  #mayRun = false

  constructor(door: TunnelDoor, as: Caller, start: OperationStart) {
    this.#door = door
    this.#as = as
    this.#start = start
    this.#opId = 'after' in start ? start.opId : start.op_id
    this.#accepted = 'after' in start
    this.#lastSeq = 'after' in start ? start.after : 0
  }

  /** True once the origin has said that it knows the operation. */
  get accepted(): boolean {
    return this.#accepted
  }

  /** True when the origin may have begun it, whether it said so or not. */
  get mayRun(): boolean {
    return this.#mayRun
  }

  /**
   * Yields events that no earlier connection yielded, up to the final one. Throws BrokenStream or
   * OriginAway when the connection fails; asking again is right then, and repeats nothing: the
   * operation is known by its `op_id`.
   */
  async *connect(signal: AbortSignal): AsyncGenerator<OperationEvent> {
    const response = await this.#answer(signal)
    if (response.body === null) throw new BrokenStream('The origin sent no stream')
    for await (const event of readLines(response.body, OperationEvent, SILENCE)) {
      this.#accepted = true
      if (event.type === 'accepted') this.#opId = event.op_id
      if ('seq' in event) {
        if (event.seq <= this.#lastSeq) continue
        this.#lastSeq = event.seq
      }
      yield event
      if (isFinal(event)) return
    }
    throw new BrokenStream('The stream ended before the operation did')
  }

  async #answer(signal: AbortSignal): Promise<Response> {
    try {
      const response = await this.#door.ask(this.#as, this.#next(signal))
      this.#mayRun = true
      return response
    } catch (error) {
      this.#mayRun ||= error instanceof OriginAway && error.mayHaveHeard
      throw error
    }
  }

  #next(signal: AbortSignal): DoorRequest {
    const opId = this.#opId
    const headers = { accept: 'application/x-ndjson' }
    const common = { headers, answerMs: ANSWER_MS, signal }
    if (this.#accepted || 'after' in this.#start) {
      const path = `/operations/${opId}/events?after=${this.#lastSeq}`
      return { ...common, method: 'GET', path }
    }
    const body = JSON.stringify(this.#start)
    return { ...common, method: 'POST', path: '/operations', body }
  }
}
