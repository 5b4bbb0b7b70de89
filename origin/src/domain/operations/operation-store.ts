import type { OpId, OperationRequest } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import type { Dispatch, NumberedEvent, Operation } from './operation.ts'

/** A piece of a text, in characters (Unicode code points). */
export interface Page {
  text: string
  /** Of the whole text. */
  total: number
}

/** Operations and their events. Leases are measured by the database's clock alone. */
export interface OperationStore {
  /** @returns false when the id is taken; then look at what is there. */
  add(operation: {
    principal: Principal
    principalKey: string
    request: OperationRequest
    requestId: string
    /** Noted together with it, where it is known by then. */
    dispatch: Dispatch | null
    owner: string
    leaseMs: number
  }): Promise<boolean>
  get(opId: OpId): Promise<(Operation & { requestDigest: string }) | null>
  /**
   * Takes up an operation of this principal and client that asks for the same, was asked for in the
   * modern era, was not cancelled, and has nobody attending to it or had nobody when it ended, no
   * longer than `unheardMs` ago; `attendee` attends to it from now on. Asked again under the same
   * id, it is the same one. Null when there is none, or when the id of `request` is known already.
   */
  takeUp(lost: {
    request: OperationRequest
    principalKey: string
    attendee: string
    leaseMs: number
    unheardMs: number
  }): Promise<OpId | null>
  eventsAfter(opId: OpId, after: number): Promise<NumberedEvent[]>

  /**
   * Notes what is about to be sent to a sandbox, in place of what a boot that is gone refused.
   * @returns false when `owner` does not own the operation any more, or something else is noted.
   */
  setDispatch(
    opId: OpId,
    dispatch: Dispatch,
    how: { owner: string; refusedBy: string | null },
  ): Promise<boolean>
  /**
   * Stores events that are not there yet, and tells every replica.
   * @returns false when `owner` does not own the operation any more, or it has ended; then nothing
   * is stored.
   */
  addEvents(opId: OpId, events: readonly NumberedEvent[], owner: string): Promise<boolean>
  /**
   * Ends a running operation with its final event.
   * @returns false when it has ended already; then nothing is stored.
   */
  finish(opId: OpId, event: NumberedEvent): Promise<boolean>
  /** Keeps the whole of a result of which clients get only the beginning. */
  keepWhole(opId: OpId, whole: string): Promise<void>
  /** Null when nothing is kept, or it is somebody else's. */
  readWhole(
    opId: OpId,
    principalKey: string,
    part: { offset: number; limit: number },
  ): Promise<Page | null>

  /**
   * Notes that somebody follows the operation at the replica `attendee`, or hears of its end there;
   * a parked one stays parked.
   */
  attend(opId: OpId, attendee: string, leaseMs: number): Promise<void>
  /** Notes that these are still followed; parked ones stay parked. */
  renewAttendance(opIds: readonly OpId[], attendee: string, leaseMs: number): Promise<void>
  /**
   * Notes that the last reader at `attendee` is gone, unless others attend to it too: their notes
   * run out by themselves. A parked one stays parked.
   */
  leave(opId: OpId, attendee: string): Promise<void>
  /** Notes that its client comes back for it, whenever that is. */
  park(opId: OpId): Promise<void>

  /** Marks the wish to cancel, and tells every replica. */
  cancel(opId: OpId): Promise<void>

  /** @returns those that `owner` still owned. */
  renew(opIds: readonly OpId[], owner: string, leaseMs: number): Promise<OpId[]>
  /** Makes `owner` the owner of a running operation whose lease ran out. */
  takeOver(opId: OpId, owner: string, leaseMs: number): Promise<boolean>
  /** Running operations whose lease ran out, oldest first. */
  abandoned(limit: number): Promise<OpId[]>
  /** Lets every lease of `owner` run out now. */
  release(owner: string): Promise<void>
  forgetFinishedBefore(time: Date): Promise<number>
}
