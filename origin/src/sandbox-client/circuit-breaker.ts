import type { CircuitHealth } from '#contract/health.ts'

/** Thrown in place of doing what was not even tried. */
export class CircuitOpen extends Error {
  override readonly name = 'CircuitOpen'
  /** How many failures in a row opened it. */
  readonly failures: number
  /** Until it is tried again. */
  readonly retryInMs: number

  constructor(failures: number, retryInMs: number) {
    super(`open after ${failures} failures`)
    this.failures = failures
    this.retryInMs = retryInMs
  }
}

export interface CircuitSettings {
  /** Failures in a row that open it. */
  failures: number
  /** How long it stays open before one trial decides. */
  recoveryMs: number
}

/**
 * Keeps work from a part that fails (Nygard, "Release It!"): `closed` lets everything through; so many
 * failures in a row make it `open`, and nothing is tried; after the recovery time it is `half_open`,
 * and one trial, which is never a piece of the work itself, closes it or opens it again.
 */
export class CircuitBreaker {
  readonly #settings: CircuitSettings
  readonly #trial: () => Promise<unknown>
  readonly #isFailure: (fault: unknown) => boolean
  readonly #changed: (state: CircuitHealth['state']) => void
  readonly #now: () => number
  #failures = 0
  #openedAt: number | null = null
  #trying: Promise<void> | null = null

  constructor(parts: {
    settings: CircuitSettings
    /** Something harmless that succeeds when the part is there again. */
    trial: () => Promise<unknown>
    /** Which faults speak of the part, and not of what was asked of it. */
    isFailure: (fault: unknown) => boolean
    changed: (state: CircuitHealth['state']) => void
    /** Milliseconds, ascending. */
    now?: () => number
  }) {
    this.#settings = parts.settings
    this.#trial = parts.trial
    this.#isFailure = parts.isFailure
    this.#changed = parts.changed
    this.#now = parts.now ?? (() => performance.now())
  }

  get health(): CircuitHealth {
    return {
      state:
        this.#openedAt === null
          ? 'closed'
          : this.#retryInMs() > 0
            ? 'open'
            : ('half_open' as const),
      failures: this.#failures,
      failure_threshold: this.#settings.failures,
      recovery_s: this.#settings.recoveryMs / 1000,
      retry_in_s: this.#openedAt === null ? null : Math.ceil(this.#retryInMs() / 1000),
    }
  }

  /**
   * Does the work, once, unless the circuit is open.
   * @param stop a fault of work that was stopped says nothing of the part
   * @throws CircuitOpen, and whatever the work throws
   */
  async guard<T>(work: () => Promise<T>, stop?: AbortSignal): Promise<T> {
    await this.#pass()
    return this.follow(work, stop)
  }

  /** Does work that has begun already and must be seen to its end, whatever the state. */
  async follow<T>(work: () => Promise<T>, stop?: AbortSignal): Promise<T> {
    try {
      const done = await work()
      this.#failures = 0
      return done
    } catch (fault) {
      if (stop?.aborted !== true) this.#count(fault)
      throw fault
    }
  }

  /** Closes it, and forgets what failed. */
  reset(): void {
    this.#failures = 0
    if (this.#openedAt === null) return
    this.#openedAt = null
    this.#changed('closed')
  }

  async #pass(): Promise<void> {
    if (this.#openedAt === null) return
    if (this.#retryInMs() > 0) throw this.#refusal()
    // All who come while it is tried wait for the one trial.
    this.#trying ??= this.#try().finally(() => {
      this.#trying = null
    })
    await this.#trying
  }

  async #try(): Promise<void> {
    this.#changed('half_open')
    try {
      await this.#trial()
    } catch (fault) {
      if (!this.#isFailure(fault)) throw fault
      this.#open()
      throw this.#refusal()
    }
    this.reset()
  }

  #count(fault: unknown): void {
    this.#failures = this.#isFailure(fault) ? this.#failures + 1 : 0
    if (this.#openedAt === null && this.#failures >= this.#settings.failures) this.#open()
  }

  #open(): void {
    this.#openedAt = this.#now()
    this.#changed('open')
  }

  #retryInMs(): number {
    if (this.#openedAt === null) return 0
    return Math.max(0, this.#openedAt + this.#settings.recoveryMs - this.#now())
  }

  #refusal(): CircuitOpen {
    return new CircuitOpen(this.#failures, this.#retryInMs())
  }
}
