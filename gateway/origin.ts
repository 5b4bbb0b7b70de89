import type { Catalog, ChangeNotice } from '#contract/catalog.ts'
import type { AskReplies } from '#contract/asks.ts'
import type { OperationEvent, OperationRequest, OpId } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'

/** On whose behalf the origin is asked, and by which request: its id is the same in every log. */
export interface Caller {
  readonly principal: Principal
  readonly requestId: string
  /** Network address that it came from, as the host that serves it knows; absent when that does not. */
  readonly address?: string
}

/**
 * What the MCP front needs of the origin. The Worker implements it over the tunnel, the origin's
 * local door in process.
 *
 * Every method may throw `OriginRefusal`; anything else thrown is a fault of the implementation.
 * An aborted `signal` ends waiting and following. It never cancels an operation: that is `cancel`.
 */
export interface Origin {
  catalog(as: Caller, signal: AbortSignal): Promise<Catalog>

  /**
   * Starts the operation, or attaches to it when its `op_id` is already known, or to an equal one
   * whose client was lost; `accepted` says to which. Yields its events up to and including the
   * final one. Broken streams are mended inside: the iteration
   * ends with a `result` or a `problem`, or throws.
   */
  operate(as: Caller, request: OperationRequest, signal: AbortSignal): AsyncIterable<OperationEvent>

  /** Goes on following an operation after an event that was seen, as {@link operate} does. */
  resume(
    as: Caller,
    operation: { opId: OpId; after: number; deadlineMs: number },
    signal: AbortSignal,
  ): AsyncIterable<OperationEvent>

  /** Answers questions of an operation. Without effect on those that no longer stand. */
  reply(as: Caller, opId: OpId, replies: AskReplies): Promise<void>

  /**
   * Tells that the client was given something to come back to the operation with, so that nobody
   * takes it for one whose client was lost.
   */
  park(as: Caller, opId: OpId): Promise<void>

  /** Asks for the end of an operation. Without effect on one that has ended. */
  cancel(as: Caller, opId: OpId): Promise<void>

  /** Yields `hello`, then a notice for each change, until the signal aborts. */
  changes(as: Caller, signal: AbortSignal): AsyncIterable<ChangeNotice>
}

/** The origin's no, or its absence, as one problem. */
export class OriginRefusal extends Error {
  override readonly name = 'OriginRefusal'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}
