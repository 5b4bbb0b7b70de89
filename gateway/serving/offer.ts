import type { CatalogTool } from '#contract/catalog.ts'
import type { OperationRequest, OperationResult } from '#contract/operation.ts'
import { OriginRefusal, type Caller } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import { problemOf } from './refusal.ts'
import { refusing, stillQueued } from './still-queued.ts'

/**
 * One operation on its way to the origin. When nobody takes it and its tool says so, it is queued
 * where the host has a queue. Whether the origin got it unheard makes no difference: it is delivered
 * under the same id.
 */
export class Offer implements Disposable {
  readonly #ports: GatewayPorts
  readonly #as: Caller
  readonly #request: OperationRequest | null
  readonly #over = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout> | undefined
  #isTaken = false
  #tool: Promise<CatalogTool | null> | null = null

  /** @param request null for an operation that the origin knows */
  constructor(ports: GatewayPorts, as: Caller, request: OperationRequest | null) {
    this.#ports = ports
    this.#as = as
    this.#request = request
    if (ports.queue !== undefined && request?.method === 'tools/call')
      this.#timer = setTimeout(() => void this.#giveUp(), ports.times.offerMs)
  }

  /** Aborts when a call that can be queued was offered for long enough. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  taken(): void {
    this.#isTaken = true
    clearTimeout(this.#timer)
  }

  /**
   * Queues what nobody took, and gives what the client is told of it; null when it is not to be
   * queued.
   * @param thrown what ended the offer
   * @param cancel aborts when the client wants the operation's end
   * @throws OriginRefusal when the queue did not take it
   */
  async queue(thrown: unknown, cancel: AbortSignal): Promise<OperationResult | null> {
    const { queue } = this.#ports
    const request = this.#request
    if (queue === undefined || request === null || !this.#isAway(thrown)) return null
    const tool = await this.#queueable()
    if (tool === null) return null
    const wait = await refusing(this.#ports, queue.keep(this.#as, request))
    if (cancel.aborted) {
      await refusing(this.#ports, queue.takeBack(this.#as, request.op_id))
      throw cancel.reason
    }
    const told = stillQueued({ opId: request.op_id, seq: 0 }, wait)
    // Clients take a result without what its tool promises for a broken promise, unless it is an error.
    return tool.outputSchema === undefined ? told : { ...told, isError: true }
  }

  #isAway(thrown: unknown): boolean {
    if (this.#isTaken) return false
    if (this.#over.signal.aborted) return true
    return thrown instanceof OriginRefusal && thrown.problem.code === 'origin_unreachable'
  }

  async #giveUp(): Promise<void> {
    if ((await this.#queueable()) !== null && !this.#isTaken) this.#over.abort()
  }

  /** The tool that is called, if its calls may wait; null when it cannot be known, too. */
  #queueable(): Promise<CatalogTool | null> {
    this.#tool ??= this.#lookUp()
    return this.#tool
  }

  async #lookUp(): Promise<CatalogTool | null> {
    if (this.#request?.method !== 'tools/call') return null
    try {
      const tool = await this.#ports.queue?.lastKnown(this.#as, this.#request.params.name)
      return tool?.queueWhenAway === true ? tool : null
    } catch (thrown) {
      problemOf(thrown, this.#ports)
      return null
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
