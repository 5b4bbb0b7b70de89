import type { AskReplies } from '#contract/asks.ts'
import { ChangeNotice, type Catalog } from '#contract/catalog.ts'
import { HEARTBEAT_MS } from '#contract/limits.ts'
import type { OperationEvent, OperationRequest, OpId } from '#contract/operation.ts'
import type { Caller, Origin } from '#gateway/origin.ts'
import { pause } from '#gateway/serving/pause.ts'
import type { CatalogCache } from './catalog-cache.ts'
import { BrokenStream, readLines } from './ndjson.ts'
import { OperationStream, type OperationStart } from './operation-stream.ts'
import { OriginAway } from './origin-away.ts'
import type { Reachability } from './reachability.ts'
import type { DoorRequest, TunnelDoor } from './tunnel-door.ts'

export interface TunnelClientOptions {
  /** How long an operation that nobody has accepted yet is offered, in milliseconds. */
  patienceMs: number
  /** How much longer than its deadline an operation is followed, in milliseconds. */
  overtimeMs: number
  /** First and longest pause between two tries, in milliseconds; each is twice the last. */
  pauseMs: { first: number; longest: number }
}

const DEFAULT_OPTIONS: TunnelClientOptions = {
  patienceMs: 10_000,
  overtimeMs: 5_000,
  pauseMs: { first: 100, longest: 5_000 },
}

const POST_TRIES = 3

export interface TunnelClientParts {
  door: TunnelDoor
  catalogs: CatalogCache
  reachability: Reachability
}

/** Of the feed of changes: one missed heartbeat may be chance, two are a broken stream. */
const SILENCE = { firstMs: HEARTBEAT_MS, laterMs: 2 * HEARTBEAT_MS }

/** The origin, reached through the tunnel. One per isolate. */
export class TunnelClient implements Origin {
  readonly #door: TunnelDoor
  readonly #catalogs: CatalogCache
  readonly #reachability: Reachability
  readonly #options: TunnelClientOptions

  constructor(
    { door, catalogs, reachability }: TunnelClientParts,
    options: Partial<TunnelClientOptions> = {},
  ) {
    this.#door = door
    this.#catalogs = catalogs
    this.#reachability = reachability
    this.#options = { ...DEFAULT_OPTIONS, ...options }
  }

  async catalog(as: Caller, signal: AbortSignal): Promise<Catalog> {
    try {
      return await this.#catalogs.get(as, signal)
    } catch (error) {
      throw await this.#refusalFor(error)
    }
  }

  /**
   * Sends the operation until somebody accepts it, then follows it until its deadline, over as
   * many connections as it takes.
   */
  operate(
    as: Caller,
    request: OperationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    return this.#untilDeadline(as, request, request.deadline_ms, signal)
  }

  resume(
    as: Caller,
    { opId, after, deadlineMs }: { opId: OpId; after: number; deadlineMs: number },
    signal: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    return this.#untilDeadline(as, { opId, after }, deadlineMs, signal)
  }

  async reply(as: Caller, opId: OpId, replies: AskReplies): Promise<void> {
    const path = `/operations/${opId}/replies`
    await this.#persist(as, { path, body: JSON.stringify(replies) })
  }

  async *#untilDeadline(
    as: Caller,
    start: OperationStart,
    deadlineMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    const overtime = new AbortController()
    const ms = deadlineMs + this.#options.overtimeMs
    // Cleared at the end: a timer that runs on would keep a Durable Object from hibernating.
    const late = new OriginAway('no_answer', 'It did not keep its deadline')
    const timer = setTimeout(() => overtime.abort(late), ms)
    const stream = new OperationStream(this.#door, as, start)
    try {
      yield* this.#follow(stream, deadlineMs, AbortSignal.any([signal, overtime.signal]))
    } catch (error) {
      throw await this.#refusalFor(error, stream.mayRun)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Rejects with the signal's reason, once that aborts. */
  async *#follow(
    stream: OperationStream,
    deadlineMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    const begun = Date.now()
    let waits = pauses(this.#options.pauseMs)
    for (;;) {
      try {
        for await (const event of stream.connect(signal)) {
          waits = pauses(this.#options.pauseMs)
          yield event
        }
        return
      } catch (error) {
        signal.throwIfAborted()
        const limit = stream.accepted ? deadlineMs : this.#options.patienceMs
        const left = begun + limit - Date.now()
        if (!isWorthATry(error) || left <= 0) throw error
        await pause(Math.min(waits.next().value, left), signal)
        signal.throwIfAborted()
      }
    }
  }

  async park(as: Caller, opId: OpId): Promise<void> {
    await this.#persist(as, { path: `/operations/${opId}/park` })
  }

  async cancel(as: Caller, opId: OpId): Promise<void> {
    await this.#persist(as, { path: `/operations/${opId}/cancel` })
  }

  /** Posts what may be said more than once, until somebody has heard it. */
  async #persist(as: Caller, what: Pick<DoorRequest, 'path' | 'body'>) {
    const waits = pauses(this.#options.pauseMs)
    const signal = new AbortController().signal
    for (let tries = 1; ; tries++) {
      try {
        await this.#door.askWhole(as, { ...what, method: 'POST', signal })
        return
      } catch (error) {
        if (!isWorthATry(error) || tries === POST_TRIES) throw await this.#refusalFor(error)
        await pause(waits.next().value, signal)
      }
    }
  }

  async *changes(as: Caller, signal: AbortSignal): AsyncGenerator<ChangeNotice> {
    try {
      const headers = { accept: 'application/x-ndjson' }
      const response = await this.#door.ask(as, {
        method: 'GET',
        path: '/changes',
        headers,
        signal,
      })
      if (response.body === null) throw new BrokenStream('The origin sent no stream')
      yield* readLines(response.body, ChangeNotice, SILENCE)
    } catch (error) {
      // Whoever has left breaks the stream, too: nobody was missed.
      signal.throwIfAborted()
      throw await this.#refusalFor(error)
    }
  }

  /** What callers of the port may see; passing failures become one sentence. */
  async #refusalFor(error: unknown, mayRun = false): Promise<unknown> {
    if (!isAway(error)) return error
    const cause = { cause: error }
    const away =
      error instanceof OriginAway ? error : new OriginAway('broken_stream', 'It broke', cause)
    return this.#reachability.refusal(away, mayRun)
  }
}

function isAway(error: unknown): boolean {
  return error instanceof OriginAway || error instanceof BrokenStream
}

function isWorthATry(error: unknown): boolean {
  return error instanceof OriginAway ? error.isPassing : isAway(error)
}

function* pauses({ first, longest }: TunnelClientOptions['pauseMs']): Generator<number, never> {
  for (let ms = first; ; ms = Math.min(ms * 2, longest)) yield ms
}
