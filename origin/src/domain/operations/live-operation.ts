import type { OpId } from '#contract/operation.ts'
import { isFinal } from '#contract/operation.ts'
import type { NumberedEvent } from './operation.ts'
import type { OperationStore } from './operation-store.ts'

/**
 * An operation while this process carries it out. Events are stored before anyone sees them, in
 * order, several at a time when they come faster than the database takes them. What cannot be stored
 * because another replica took over, or ended the operation, is shown by that one.
 */
export class LiveOperation {
  readonly cancelled = new AbortController()
  /** Aborted when this process lets go of the operation without ending it. */
  readonly detached = new AbortController()
  readonly #opId: OpId
  readonly #owner: string
  readonly #store: Pick<OperationStore, 'addEvents'>
  readonly #events: NumberedEvent[] = []
  readonly #waiting = new Set<() => void>()
  #unstored: NumberedEvent[] = []
  #storing: Promise<void> = Promise.resolve()
  #gone = false

  constructor(opId: OpId, owner: string, store: Pick<OperationStore, 'addEvents'>) {
    this.#opId = opId
    this.#owner = owner
    this.#store = store
  }

  /** Shows what an earlier owner stored; gives the newest number in it. */
  resume(events: readonly NumberedEvent[]): number {
    this.#show(events)
    return events.at(-1)?.seq ?? 0
  }

  /** Stores an event, then shows it. A failure to store surfaces in `stored`. */
  add(event: NumberedEvent): void {
    this.#unstored.push(event)
    if (this.#unstored.length > 1) return
    this.#storing = this.#storeAfter(this.#storing)
    // `stored` reports it; without this line a failure nobody awaits yet would end the process.
    this.#storing.catch(() => undefined)
  }

  /** Waits until everything added is stored. @throws when something could not be. */
  stored(): Promise<void> {
    return this.#storing
  }

  /** Shows the final event, which the caller has stored. */
  finish(event: NumberedEvent): void {
    this.#show([event])
  }

  /** Tells followers that this process does not carry the operation any more. */
  letGo(): void {
    this.#gone = true
    for (const wake of this.#waiting) wake()
  }

  /** Events with `seq > after`, as they come; ends after the final one, or when let go. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    let next = 0
    while (!signal.aborted) {
      const event = this.#events[next]
      if (event !== undefined) {
        next += 1
        if (event.seq > after) yield event
        if (isFinal(event)) return
      } else if (this.#gone) {
        return
      } else {
        await this.#change(signal)
      }
    }
  }

  async #storeAfter(before: Promise<void>): Promise<void> {
    await before
    const batch = this.#unstored
    this.#unstored = []
    if (await this.#store.addEvents(this.#opId, batch, this.#owner)) this.#show(batch)
    else this.detached.abort(new Error('another replica took over'))
  }

  #show(events: readonly NumberedEvent[]): void {
    this.#events.push(...events)
    for (const wake of this.#waiting) wake()
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
