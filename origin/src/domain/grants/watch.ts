import type { Withdrawal } from '#contract/withdrawal.ts'
import type { NoticeBoard } from '../notices.ts'
import type { Sandbox } from '../sandbox.ts'

/** Pause before a withdrawal that did not arrive is tried again. */
const AGAIN_MS = 1_000

/** A run of this process, and what it may use. */
export interface Watched {
  runId: string
  /** What of it has ended or is going to, read anew. */
  ends: () => Promise<Withdrawal[]>
}

/**
 * Tells the sandbox what is taken back from the runs of this process while they run. Whoever reads grants
 * for a run notes `epoch` before: what changed since is looked at when the run is followed.
 */
export class GrantWatch implements Disposable {
  readonly #sandbox: Pick<Sandbox, 'withdraw'>
  readonly #onFault: (fault: unknown) => void
  readonly #followed = new Set<Followed>()
  readonly #listening: Disposable
  #epoch = 0

  constructor(
    notices: NoticeBoard,
    sandbox: Pick<Sandbox, 'withdraw'>,
    onFault: (fault: unknown) => void,
  ) {
    this.#sandbox = sandbox
    this.#onFault = onFault
    this.#listening = notices.on('mcpbox_grants', () => {
      this.#epoch += 1
      for (const followed of this.#followed) followed.look()
    })
  }

  /** Counts the changes that this process has heard of. */
  get epoch(): number {
    return this.#epoch
  }

  /**
   * Follows a run until disposal.
   * @param seen the epoch before its grants were read; null when it may have been sent by somebody else
   */
  follow(watched: Watched, seen: number | null): Disposable {
    const followed = new Followed(watched, this.#sandbox, this.#onFault)
    this.#followed.add(followed)
    if (seen !== this.#epoch) followed.look()
    return {
      [Symbol.dispose]: () => {
        this.#followed.delete(followed)
        followed.letGo()
      },
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
  }
}

/** Looks again for as long as somebody said to, one look at a time. */
class Followed {
  readonly #watched: Watched
  readonly #sandbox: Pick<Sandbox, 'withdraw'>
  readonly #onFault: (fault: unknown) => void
  readonly #over = new AbortController()
  #wanted = false
  #looking = false

  constructor(
    watched: Watched,
    sandbox: Pick<Sandbox, 'withdraw'>,
    onFault: (fault: unknown) => void,
  ) {
    this.#watched = watched
    this.#sandbox = sandbox
    this.#onFault = onFault
  }

  look(): void {
    this.#wanted = true
    if (!this.#looking) void this.#lookUntilDone()
  }

  letGo(): void {
    this.#over.abort()
  }

  async #lookUntilDone(): Promise<void> {
    this.#looking = true
    while (this.#wanted && !this.#over.signal.aborted) {
      this.#wanted = false
      try {
        const ends = await this.#watched.ends()
        if (ends.length > 0) await this.#sandbox.withdraw(this.#watched.runId, ends)
      } catch (fault) {
        if (this.#over.signal.aborted) break
        this.#onFault(fault)
        this.#wanted = true
        await pause(AGAIN_MS, this.#over.signal)
      }
    }
    this.#looking = false
  }
}

/** Resolves after so many milliseconds, or when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
