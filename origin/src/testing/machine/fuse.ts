/** What everything throws that a process does after it has died. */
export class Died extends Error {
  override readonly name = 'Died'

  constructor() {
    super('this process is dead')
  }
}

/**
 * The life of one process. It dies at the moment that was set for it: between two of the things that
 * it does outside itself, or after one was done and before it hears so. From then on it reaches nothing.
 */
export class Fuse {
  #left = Infinity
  readonly #dead = new AbortController()

  /** Aborted once the process is dead. */
  get signal(): AbortSignal {
    return this.#dead.signal
  }

  get isDead(): boolean {
    return this.#dead.signal.aborted
  }

  /** Lets it do so many more things; with 0 the next one is not done any more. */
  arm(left: number): void {
    this.#left = left
  }

  blow(): void {
    this.#dead.abort(new Died())
  }

  /** Passed before and after everything that is done outside the process. @throws Died */
  burn(): void {
    if (this.#left-- <= 0) this.blow()
    this.assertAlive()
  }

  assertAlive(): void {
    if (this.isDead) throw new Died()
  }
}
