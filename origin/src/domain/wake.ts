/**
 * Waits for a wake-up, a time, or the signal, whichever is first. A wake-up while nobody waits is
 * remembered for the next one who does.
 */
export class Wake implements Disposable {
  #woken = false
  #resolve: (() => void) | null = null

  readonly #signal: AbortSignal
  readonly #onAbort = () => this.wake()

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort)
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  async next(ms: number): Promise<void> {
    if (!this.#woken) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#resolve = resolve
      const timer = setTimeout(resolve, ms)
      await promise
      clearTimeout(timer)
    }
    this.#woken = false
  }
}
