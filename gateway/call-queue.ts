import type { CatalogTool } from '#contract/catalog.ts'
import type { OperationRequest, OpId } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import type { Caller } from './origin.ts'

/** How long a call waits for the origin; both in milliseconds since 1970. */
export interface Wait {
  since: number
  until: number
}

/** What became of a call that was kept. */
export type Kept =
  | ({ is: 'waiting' } & Wait)
  /** The origin has it, under this id: another one when an equal operation was taken up. */
  | { is: 'delivered'; opId: OpId }
  /** It never ran, and never will. */
  | { is: 'dropped'; problem: Problem }

/**
 * Keeps calls for an origin that is away, and delivers them once it is back, each under the `op_id`
 * it was offered under (docs/decisions/0021). Everybody sees their own calls only. Methods that
 * reject with anything but an OriginRefusal have failed.
 */
export interface CallQueue {
  /** A tool as it was last known, without asking the origin; null when nothing is known of it. */
  lastKnown(as: Caller, tool: string): Promise<CatalogTool | null>

  /** Takes a call. Throws OriginRefusal when there is no room for it. */
  keep(as: Caller, request: OperationRequest): Promise<Wait>

  /** Where a call is, once its delivery was tried; null when nothing is known of it here. */
  find(as: Caller, opId: OpId): Promise<Kept | null>

  /** Forgets a call that still waits. */
  takeBack(as: Caller, opId: OpId): Promise<void>
}
