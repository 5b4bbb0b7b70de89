import { DurableObject } from 'cloudflare:workers'
import { OperationRequest, type OpId } from '#contract/operation.ts'
import { principalKey } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import type { Kept, Wait } from '#gateway/call-queue.ts'
import type { Origin } from '#gateway/origin.ts'
import { isolate } from '../isolate.ts'
import { note, reportFault } from '../log.ts'
import { deliver, type Delivery } from './deliver.ts'
import { WaitingLine, type Arrival, type WaitingCall } from './waiting-line.ts'

/** How long somebody who asks for a call waits for its delivery. */
const FIND_MS = 10_000

const NOT_SENT = {
  code: 'internal',
  message: 'MCPbox failed to deliver the call. The failure was recorded.',
} as const

/**
 * The calls of one principal that wait for an origin that is away (docs/decisions/0021). Its alarm
 * delivers them, one after the other, in the order in which they came. It has no alarm and stores
 * nothing while nothing waits.
 */
export class WaitingCalls extends DurableObject<Env> {
  readonly #line = new WaitingLine(this.ctx.storage.kv, () => Date.now())
  #delivery: Promise<void> | null = null
  #underway: OpId | null = null

  /** Takes a call, or says why not. */
  async keep(call: Arrival): Promise<Wait | { problem: Problem }> {
    const { name } = this.ctx.id
    if (name !== principalKey(call.principal)) throw new Error('A call came to a foreign line')
    this.#expire()
    const joined = this.#line.join(call)
    if ('problem' in joined) return joined
    tell('call_queued', call, { waiting: this.#line.length })
    const { storage } = this.ctx
    const dueAt = this.#line.dueAt()
    const alarmAt = await storage.getAlarm()
    // It may be set for later, to forget what became of others.
    if (dueAt !== null && (alarmAt === null || alarmAt > dueAt)) await storage.setAlarm(dueAt)
    return joined
  }

  /** Where a call is, once its delivery was tried; null when nothing is known of it here. */
  async find(opId: OpId): Promise<Kept | null> {
    if (this.#line.find(opId) === null) return null
    this.#expire()
    if (this.#line.find(opId)?.is === 'waiting') await this.#deliverWithin(FIND_MS)
    return this.#line.find(opId)
  }

  /** Forgets a call that still waits. */
  async takeBack(opId: OpId): Promise<void> {
    const call = this.#line.waiting(opId)
    if (call === null) return
    this.#line.leave(opId, null)
    tell('call_taken_back', call, {})
    await this.#tidy()
  }

  override async alarm(): Promise<void> {
    try {
      this.#expire()
      this.#line.tried()
      // Ahead of it all: should this object end meanwhile, another one goes on.
      await this.#schedule()
      await this.#deliver()
      await this.#schedule()
    } catch (fault) {
      // The next alarm is set; one that fails is repeated a few times, and then never again.
      reportFault(fault)
    }
  }

  /** One delivery at a time, whoever wants it. */
  #deliver(): Promise<void> {
    this.#delivery ??= this.#deliverAll().finally(() => {
      this.#delivery = null
    })
    return this.#delivery
  }

  async #deliverWithin(ms: number): Promise<void> {
    const delivery = this.#deliver()
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, ms)
    try {
      await Promise.race([delivery, late.promise])
    } finally {
      clearTimeout(timer)
      this.ctx.waitUntil(delivery)
    }
  }

  /** Delivers from the first call on, until one stays or none is left. Never rejects for a call. */
  async #deliverAll(): Promise<void> {
    for (let first = this.#line.first(); first !== null; first = this.#line.first()) {
      this.#underway = first.call.opId
      const delivery = await this.#tryToDeliver(first.call, first.request)
      this.#underway = null
      if (!this.#settle(first.call, delivery)) break
      this.#expire()
    }
    await this.#tidy()
  }

  async #tryToDeliver(call: WaitingCall, request: string): Promise<Delivery> {
    const as = { principal: call.principal, requestId: call.requestId }
    const origin = this.#origin()
    if (origin === null) return { is: 'waits', problem: NOT_SENT }
    try {
      const asked = OperationRequest.parse(JSON.parse(request))
      return await deliver(origin, as, asked, reportFault)
    } catch (fault) {
      reportFault(fault)
      return { is: 'failed', problem: NOT_SENT }
    }
  }

  /** Null while the Worker is not configured, for which no call is to blame. */
  #origin(): Origin | null {
    try {
      return isolate.deliveryOf(this.env)
    } catch (fault) {
      reportFault(fault)
      return null
    }
  }

  /** False when the call stays, and all that come after it. */
  #settle(call: WaitingCall, delivery: Delivery): boolean {
    const { opId, since } = call
    // It may have been taken back meanwhile.
    if (this.#line.waiting(opId) === null) return true
    switch (delivery.is) {
      case 'delivered': {
        const isSame = delivery.opId === opId
        this.#line.leave(opId, isSame ? null : delivery)
        this.#line.sawOrigin()
        tell('call_delivered', call, { as: delivery.opId, waited_ms: Date.now() - since })
        return true
      }
      case 'waits':
        return false
      case 'failed':
        return this.#line.failed(opId) && this.#drop(call, delivery.problem)
      case 'refused':
        return this.#drop(call, delivery.problem)
    }
  }

  #drop(call: WaitingCall, problem: Problem): true {
    this.#line.leave(call.opId, { is: 'dropped', problem })
    this.#line.sawOrigin()
    tell('call_dropped', call, { code: problem.code })
    return true
  }

  #expire(): void {
    for (const call of this.#line.expire(this.#underway)) tell('call_expired', call, {})
  }

  async #schedule(): Promise<void> {
    const dueAt = this.#line.dueAt()
    if (dueAt === null) await this.#tidy()
    else await this.ctx.storage.setAlarm(dueAt)
  }

  /** Leaves nothing behind once nothing is left to do. */
  async #tidy(): Promise<void> {
    if (this.#line.dueAt() !== null) return
    const { storage } = this.ctx
    // At once: no call may come between the two.
    await Promise.all([storage.deleteAlarm(), storage.deleteAll()])
  }
}

function tell(
  event: string,
  { requestId, opId }: Pick<WaitingCall, 'requestId' | 'opId'>,
  more: Record<string, string | number>,
): void {
  note(event, { request_id: requestId, op_id: opId, ...more })
}
