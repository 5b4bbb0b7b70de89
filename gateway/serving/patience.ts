import type { ClientInfo } from '#contract/operation.ts'

/** What a client that nobody has measured is thought to wait: many give up after 60 s. */
const UNKNOWN_MS = 45_000

/**
 * How long known clients are kept waiting, well below what they were seen to wait: the connectors of
 * Claude 240 s to 300 s, Claude Code 300 s of silence.
 */
const KNOWN: readonly { name: RegExp; ms: number }[] = [
  { name: /^anthropic(\/|$)/i, ms: 200_000 },
  { name: /^claude-(ai|code)$/i, ms: 200_000 },
]

/**
 * How long a client is kept waiting for a tool before it is told to come back, in milliseconds. Its
 * name is a claim, and decides nothing else.
 */
export function patienceOf(client: ClientInfo | null): number {
  return KNOWN.find(({ name }) => name.test(client?.name ?? ''))?.ms ?? UNKNOWN_MS
}

/** A clock that runs out once, after `ms` from when it was last set. */
export class Deadline implements Disposable {
  readonly #ms: number
  readonly #over = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number) {
    this.#ms = ms
  }

  /** Aborts when it has run out. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  set(): void {
    this.stop()
    this.#timer = setTimeout(() => this.#over.abort(), this.#ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}
