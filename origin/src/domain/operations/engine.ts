import type { AskReplies } from '#contract/asks.ts'
import type { OpId, OperationEvent, OperationRequest } from '#contract/operation.ts'
import { isFinal } from '#contract/operation.ts'
import { principalKey, type Principal } from '#contract/principal.ts'
import type { NoticeBoard } from '../notices.ts'
import { principalLabel } from '../principals.ts'
import { refuse } from '../refusal.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Stores } from '../stores.ts'
import { Wake } from '../wake.ts'
import { Attendance } from './attendance.ts'
import type { CarryOut, Foreseen } from './carry-out.ts'
import { EarlyCancels } from './early-cancels.ts'
import { LiveOperation } from './live-operation.ts'
import { requestDigest, type NumberedEvent, type Operation } from './operation.ts'

/** A replica that has not renewed for this long is taken for dead. */
const LEASE_MS = 6_000
const RENEW_MS = 2_000
const SWEEP_MS = 5_000

/** An operation that this process carries out now. */
interface Carried {
  operation: LiveOperation
  /** `principalKey` of who asked for it. */
  by: string
  done: Promise<void>
}

/**
 * Does what clients ask, each thing once, on any replica. The replica that accepted an operation
 * owns it by a lease; when the lease runs out another one takes it over and resumes it.
 */
export class OperationEngine implements AsyncDisposable {
  readonly #owner: string
  readonly #stores: Stores
  readonly #notices: NoticeBoard
  readonly #sandbox: Pick<Sandbox, 'reply'>
  readonly #carryOut: CarryOut
  readonly #onFault: (fault: unknown) => void
  readonly #live = new Map<OpId, Carried>()
  readonly #noted = new Map<string, string>()
  readonly #cancelledEarly = new EarlyCancels()
  readonly #attendance: Attendance
  readonly #timers: NodeJS.Timeout[]
  readonly #cancels: Disposable
  readonly #ending = new AbortController()

  constructor(parts: {
    owner: string
    stores: Stores
    notices: NoticeBoard
    sandbox: Pick<Sandbox, 'reply'>
    carryOut: CarryOut
    onFault: (fault: unknown) => void
  }) {
    this.#owner = parts.owner
    this.#stores = parts.stores
    this.#attendance = new Attendance(parts.stores.operations, parts.owner)
    this.#notices = parts.notices
    this.#sandbox = parts.sandbox
    this.#carryOut = parts.carryOut
    this.#onFault = parts.onFault
    this.#timers = [
      setInterval(() => this.#guarded(this.#renew()), RENEW_MS).unref(),
      setInterval(() => this.#guarded(this.#sweep()), SWEEP_MS).unref(),
    ]
    this.#cancels = this.#notices.on('mcpbox_cancel', (opId) =>
      this.#guarded(this.#heedCancels(opId)),
    )
  }

  /**
   * Accepts an operation, or recognises one that was accepted before, or takes up one that a client
   * lost and now asks for anew (docs/decisions/0017). Gives the id of the one to follow.
   * @throws Refusal operation_conflict when the id stands for something else.
   */
  async submit(principal: Principal, request: OperationRequest, requestId: string): Promise<OpId> {
    await this.#note(principal)
    const foreseen = await this.#carryOut.foresee(request)
    if (request.era === 'modern' && !this.#carryOut.isRepeatable(request, foreseen)) {
      const lost = await this.#stores.operations.takeUp({
        request,
        principalKey: principalKey(principal),
        attendee: this.#owner,
        ...this.#attendance.times,
      })
      if (lost !== null) return lost
    }
    const added = await this.#stores.operations.add({
      principal,
      principalKey: principalKey(principal),
      request,
      requestId,
      dispatch: foreseen?.dispatch ?? null,
      owner: this.#owner,
      leaseMs: LEASE_MS,
    })
    if (added) {
      const { op_id: opId } = request
      const cancelled = this.#cancelledEarly.take(opId)
      const createdAt = new Date()
      const state = 'running'
      this.#attendance.expect(opId)
      this.#begin(
        { opId, principal, request, requestId, state, dispatch: null, cancelled, createdAt },
        foreseen,
      )
      return opId
    }
    const there = await this.#stores.operations.get(request.op_id)
    if (
      there === null ||
      principalKey(there.principal) !== principalKey(principal) ||
      there.requestDigest !== requestDigest(request)
    )
      refuse('operation_conflict', 'This op_id stands for another operation.')
    return request.op_id
  }

  /**
   * Events with `seq > after` up to the final one, as they come. Ends without a final one when that
   * was before `after`, or when this process stops: then ask another one.
   * @throws Refusal operation_unknown when there is none, or it is somebody else's.
   */
  async *follow(
    principal: Principal,
    opId: OpId,
    after: number,
    reader: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    await this.#owned(principal, opId)
    let isOver = false
    try {
      await this.#attendance.begin(opId)
      yield { type: 'accepted', op_id: opId }
      const signal = AbortSignal.any([reader, this.#ending.signal])
      for await (const event of this.#events(opId, after, signal)) {
        isOver = isFinal(event)
        yield event
      }
    } finally {
      const isLost = !isOver && !this.#ending.signal.aborted
      await this.#attendance.end(opId, isLost).catch(this.#onFault)
    }
  }

  /** What {@link follow} tells after its first line. */
  async *#events(opId: OpId, after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    let seen = after
    while (!signal.aborted) {
      const here = this.#live.get(opId)
      const running = here !== undefined || (await this.#isRunning(opId))
      const events =
        here === undefined
          ? this.#followStored(opId, seen, signal)
          : here.operation.follow(seen, signal)
      for await (const event of events) {
        yield event
        if (isFinal(event)) return
        seen = event.seq
      }
      if (!running) return
    }
  }

  /**
   * Answers questions of an operation; without effect on those that no longer stand.
   * @throws Refusal operation_unknown, sandbox_unreachable
   */
  async reply(principal: Principal, opId: OpId, replies: AskReplies): Promise<void> {
    await this.#owned(principal, opId)
    await this.#sandbox.reply(opId, replies)
  }

  /**
   * Notes that the client comes back for the operation, and was not lost.
   * @throws Refusal operation_unknown when there is none, or it is somebody else's.
   */
  async park(principal: Principal, opId: OpId): Promise<void> {
    await this.#owned(principal, opId)
    await this.#stores.operations.park(opId)
  }

  /** @throws Refusal operation_unknown when there is none, or it is somebody else's. */
  async cancel(principal: Principal, opId: OpId): Promise<void> {
    await this.#owned(principal, opId)
    this.#live.get(opId)?.operation.cancelled.abort()
    await this.#stores.operations.cancel(opId)
  }

  /** How many operations this replica carries out. */
  get running(): number {
    return this.#live.size
  }

  /** Lets go of what is running, for another replica to take over, and stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    for (const timer of this.#timers) clearInterval(timer)
    this.#cancels[Symbol.dispose]()
    const letGo = [...this.#live.values()]
    for (const { operation } of letGo) operation.detached.abort(new Error('shutting down'))
    await Promise.all(letGo.map(({ done }) => done))
    await this.#stores.operations.release(this.#owner)
  }

  /** Reads what others wrote; ends early when this process became the owner, or all is written. */
  async *#followStored(opId: OpId, after: number, signal: AbortSignal) {
    using news = new Wake(signal)
    using _listening = this.#notices.on('mcpbox_operation', (about) => {
      if (about === null || about === opId) news.wake()
    })
    let seen = after
    while (!signal.aborted) {
      const running = await this.#isRunning(opId)
      for (const event of await this.#stores.operations.eventsAfter(opId, seen)) {
        if (isFinal(event)) await this.#stores.operations.hear(opId)
        yield event
        if (isFinal(event)) return
        seen = event.seq
      }
      if (!running || (await this.#takeOver(opId))) return
      await news.next(RENEW_MS)
    }
  }

  /** Keeps who is behind a principal's key, when this process has not yet, or it is another name. */
  async #note(principal: Principal): Promise<void> {
    const [key, label] = [principalKey(principal), principalLabel(principal)]
    if (this.#noted.get(key) === label) return
    await this.#stores.principals.note(key, label)
    this.#noted.set(key, label)
  }

  #begin(operation: Operation, foreseen: Foreseen | null): void {
    const { opId, principal, cancelled } = operation
    const isAttended = () => this.#attendance.has(opId)
    const live = new LiveOperation(opId, this.#owner, this.#stores.operations, isAttended)
    if (cancelled) live.cancelled.abort()
    const done = this.#carryOut
      .toEnd(operation, live, foreseen)
      .catch(this.#onFault)
      .finally(() => {
        this.#live.delete(opId)
        this.#attendance.forget(opId)
        live.letGo()
      })
    this.#live.set(opId, { operation: live, by: principalKey(principal), done })
  }

  async #takeOver(opId: OpId): Promise<boolean> {
    if (this.#live.has(opId)) return true
    if (this.#ending.signal.aborted) return false
    if (!(await this.#stores.operations.takeOver(opId, this.#owner, LEASE_MS))) return false
    const operation = await this.#stores.operations.get(opId)
    if (operation !== null) this.#begin(operation, null)
    return operation !== null
  }

  async #isRunning(opId: OpId): Promise<boolean> {
    return (await this.#stores.operations.get(opId))?.state === 'running'
  }

  async #owned(principal: Principal, opId: OpId): Promise<void> {
    const here = this.#live.get(opId)?.by
    const kept = here === undefined ? await this.#stores.operations.get(opId) : null
    const by = here ?? (kept === null ? null : principalKey(kept.principal))
    if (by !== principalKey(principal)) refuse('operation_unknown', 'There is no such operation.')
  }

  async #renew(): Promise<void> {
    await this.#attendance.renew()
    const carried = [...this.#live.keys()]
    if (carried.length === 0) return
    const still = new Set(await this.#stores.operations.renew(carried, this.#owner, LEASE_MS))
    for (const opId of carried)
      if (!still.has(opId))
        this.#live.get(opId)?.operation.detached.abort(new Error('another replica took over'))
  }

  async #sweep(): Promise<void> {
    for (const opId of await this.#stores.operations.abandoned(20)) await this.#takeOver(opId)
  }

  async #heedCancels(about: string | null): Promise<void> {
    if (about !== null && !this.#live.has(about as OpId)) this.#cancelledEarly.add(about)
    for (const [opId, { operation }] of this.#live)
      if (about === null || about === opId)
        if ((await this.#stores.operations.get(opId))?.cancelled === true)
          operation.cancelled.abort()
  }

  #guarded(work: Promise<void>): void {
    work.catch(this.#onFault)
  }
}
