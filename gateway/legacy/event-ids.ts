/** Puts ids on the events of one stream, in the order in which its messages were sent. */
export class EventIds {
  readonly #ids: (string | null)[] = []
  /** Of the messages to come; null for those that nobody can go on after. */
  current: string | null = null

  /** Notes that a message is sent now. */
  sent(): void {
    this.#ids.push(this.current)
  }

  /** @param body frames of an event stream, one a chunk, as the SDK's transport writes them */
  put(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder()
    const ids = this.#ids
    return body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(frame, controller) {
          const id = frame[0] === COLON ? null : (ids.shift() ?? null)
          if (id !== null) controller.enqueue(encoder.encode(`id: ${id}\n`))
          controller.enqueue(frame)
        },
      }),
    )
  }
}

/** What comments begin with (WHATWG HTML §9.2.6). */
const COLON = 0x3a
