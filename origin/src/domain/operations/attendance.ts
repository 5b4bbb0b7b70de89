import type { OpId } from '#contract/operation.ts'
import type { OperationStore } from './operation-store.ts'

/** Without a sign from its reader's replica for this long, an operation counts as lost by its client. */
const LEASE_MS = 6_000

/** For so long the end of an operation that nobody heard is there for a client that asks again. */
const UNHEARD_MS = 60_000

/**
 * Notes for every replica which operations have readers here, so that one that has none anywhere
 * can be told (docs/decisions/0017). A call that goes well costs no note of its own.
 */
export class Attendance {
  readonly times = { leaseMs: LEASE_MS, unheardMs: UNHEARD_MS }
  readonly #store: Pick<OperationStore, 'attend' | 'renewAttendance' | 'leave'>
  readonly #replica: string
  readonly #readers = new Map<OpId, number>()
  /** Noted together with the operation, for a reader that is about to come. */
  readonly #expected = new Set<OpId>()

  constructor(
    store: Pick<OperationStore, 'attend' | 'renewAttendance' | 'leave'>,
    replica: string,
  ) {
    this.#store = store
    this.#replica = replica
  }

  /** Says that the operation was stored as one that has a reader. */
  expect(opId: OpId): void {
    this.#expected.add(opId)
  }

  /** To be followed by {@link end} even when this fails. */
  async begin(opId: OpId): Promise<void> {
    this.#readers.set(opId, (this.#readers.get(opId) ?? 0) + 1)
    if (!this.#expected.delete(opId)) await this.#store.attend(opId, this.#replica, LEASE_MS)
  }

  /** @param isLost false when the reader has what it came for, or was sent to another replica */
  async end(opId: OpId, isLost: boolean): Promise<void> {
    const others = (this.#readers.get(opId) ?? 1) - 1
    if (others > 0) this.#readers.set(opId, others)
    else this.#readers.delete(opId)
    if (others === 0 && isLost) await this.#store.leave(opId, this.#replica)
  }

  async renew(): Promise<void> {
    if (this.#readers.size > 0)
      await this.#store.renewAttendance([...this.#readers.keys()], this.#replica, LEASE_MS)
  }

  /** For an operation that is over here. */
  forget(opId: OpId): void {
    this.#expected.delete(opId)
  }
}
