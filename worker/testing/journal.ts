import { isFinal, type OperationEvent } from '#contract/operation.ts'

/** The numbered events of one operation, kept for whoever asks for them, as often as they ask. */
export class Journal {
  readonly #events: OperationEvent[] = []
  #news = Promise.withResolvers<void>()

  add(event: OperationEvent): void {
    this.#events.push(event)
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  /** The events after a number, up to the final one; those that are not there yet as they come. */
  async *after(seq: number): AsyncGenerator<OperationEvent> {
    for (let at = 0; ; at++) {
      while (at === this.#events.length) await this.#news.promise
      const event = this.#events[at]
      if (event === undefined || !('seq' in event) || event.seq <= seq) continue
      yield event
      if (isFinal(event)) return
    }
  }
}
