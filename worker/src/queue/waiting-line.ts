import { MAX_QUEUED_MS, ORIGIN_BODY_BYTES } from '#contract/limits.ts'
import type { OpId } from '#contract/operation.ts'
import type { RemotePrincipal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import type { Kept, Wait } from '#gateway/call-queue.ts'

/** What one principal may have waiting. */
export const MAX_WAITING_CALLS = 100
export const MAX_WAITING_BYTES = 5_000_000

/** How long it is known what became of a call, and of how many. */
const REMEMBERED_MS = MAX_QUEUED_MS
const MAX_REMEMBERED = 200

/** From one delivery to the next while the origin is away, in milliseconds; each is twice the last. */
const PAUSE_MS = { first: 5_000, longest: 300_000 }

/** How long the delivery of a call may fail for a reason that may be its own. */
const FAILING_MS = 30 * 60_000

const LINE = 'line'
const requestKey = (opId: OpId) => `request:${opId}`

/** A call that comes to the line; `request` is its OperationRequest as JSON. */
export interface Arrival {
  opId: OpId
  principal: RemotePrincipal
  requestId: string
  request: string
}

/** A call in the line, without its request. Times are in milliseconds since 1970. */
export interface WaitingCall extends Wait, Pick<Arrival, 'opId' | 'principal' | 'requestId'> {
  bytes: number
  /** Since when its delivery fails for a reason that may be its own; null while it does not. */
  failingSince: number | null
}

/** What became of a call that left the line, where the origin does not know it by its own id. */
type Became = Exclude<Kept, { is: 'waiting' }>

interface Stored {
  calls: WaitingCall[]
  left: { opId: OpId; forgetAt: number; became: Became }[]
  /** Deliveries of the alarm in a row that found nobody. */
  tries: number
}

const EMPTY: Stored = { calls: [], left: [], tries: 0 }

/**
 * The calls of one principal that wait, in the order in which they came, and what became of those
 * that left. Nothing is stored while there is none.
 */
export class WaitingLine {
  readonly #kv: SyncKvStorage
  readonly #now: () => number

  constructor(kv: SyncKvStorage, now: () => number) {
    this.#kv = kv
    this.#now = now
  }

  /** The first call that waits, and its request; null when none does. */
  first(): { call: WaitingCall; request: string } | null {
    const [call] = this.#read().calls
    if (call === undefined) return null
    const request = this.#kv.get<string>(requestKey(call.opId))
    if (request === undefined) throw new Error('A waiting call has lost its request')
    return { call, request }
  }

  /** The call, if it waits. */
  waiting(opId: OpId): WaitingCall | null {
    return this.#read().calls.find((call) => call.opId === opId) ?? null
  }

  find(opId: OpId): Kept | null {
    const call = this.waiting(opId)
    if (call !== null) return { is: 'waiting', since: call.since, until: call.until }
    return this.#read().left.find((one) => one.opId === opId)?.became ?? null
  }

  /** Puts a call at the end; one that is there already stays where it is. */
  join({ request, ...about }: Arrival): Wait | { problem: Problem } {
    const stored = this.#read()
    const there = stored.calls.find(({ opId }) => opId === about.opId)
    if (there !== undefined) return { since: there.since, until: there.until }
    const bytes = new TextEncoder().encode(request).length
    const problem = noRoom(stored.calls, bytes)
    if (problem !== null) return { problem }
    const since = this.#now()
    const call = { ...about, since, until: since + MAX_QUEUED_MS, bytes, failingSince: null }
    this.#kv.put(requestKey(call.opId), request)
    const tries = stored.calls.length === 0 ? 0 : stored.tries
    this.#write({ ...stored, calls: [...stored.calls, call], tries })
    return { since, until: call.until }
  }

  /** Lets a call go. What became of it is remembered, unless the origin knows it by its own id. */
  leave(opId: OpId, became: Became | null): void {
    const { calls, left, tries } = this.#read()
    const remaining = calls.filter((call) => call.opId !== opId)
    const forgetAt = this.#now() + REMEMBERED_MS
    this.#kv.delete(requestKey(opId))
    this.#write({
      calls: remaining,
      left: became === null ? left : [...left, { opId, forgetAt, became }].slice(-MAX_REMEMBERED),
      tries,
    })
  }

  /** Notes that the origin is there. */
  sawOrigin(): void {
    const stored = this.#read()
    if (stored.tries > 0) this.#write({ ...stored, tries: 0 })
  }

  /** Notes that somebody is sent to the origin, and has not seen it yet. */
  tried(): void {
    const stored = this.#read()
    if (stored.calls.length > 0) this.#write({ ...stored, tries: stored.tries + 1 })
  }

  /** Notes that the delivery of a call failed; true when it has for too long. */
  failed(opId: OpId): boolean {
    const { calls, ...rest } = this.#read()
    const failingSince = this.waiting(opId)?.failingSince ?? this.#now()
    if (this.#now() - failingSince >= FAILING_MS) return true
    const noted = calls.map((call) => (call.opId === opId ? { ...call, failingSince } : call))
    this.#write({ ...rest, calls: noted })
    return false
  }

  /**
   * Lets go of those that waited for too long, and gives them. Forgets what is remembered too long.
   * @param except a call that is being delivered
   */
  expire(except: OpId | null): WaitingCall[] {
    const now = this.#now()
    const { calls, left } = this.#read()
    const expired = calls.filter(({ opId, until }) => until <= now && opId !== except)
    for (const call of expired)
      this.leave(call.opId, { is: 'dropped', problem: waitedTooLong(call) })
    if (left.some(({ forgetAt }) => forgetAt <= now)) {
      const stored = this.#read()
      this.#write({ ...stored, left: stored.left.filter(({ forgetAt }) => forgetAt > now) })
    }
    return expired
  }

  /** When something is to be done next, in milliseconds since 1970; null for nothing, ever. */
  dueAt(): number | null {
    const { calls, left, tries } = this.#read()
    const times = left.map(({ forgetAt }) => forgetAt)
    const pauseMs = Math.min(PAUSE_MS.first * 2 ** tries, PAUSE_MS.longest)
    if (calls.length > 0) times.push(this.#now() + pauseMs)
    return times.length === 0 ? null : Math.min(...times)
  }

  get length(): number {
    return this.#read().calls.length
  }

  #read(): Stored {
    return this.#kv.get<Stored>(LINE) ?? EMPTY
  }

  #write(stored: Stored): void {
    this.#kv.put(LINE, stored)
  }
}

function noRoom(calls: readonly WaitingCall[], bytes: number): Problem | null {
  if (bytes > ORIGIN_BODY_BYTES)
    return { code: 'body_too_large', message: `No call has more than ${ORIGIN_BODY_BYTES} bytes.` }
  const sum = calls.reduce((all, call) => all + call.bytes, bytes)
  if (calls.length < MAX_WAITING_CALLS && sum <= MAX_WAITING_BYTES) return null
  return {
    code: 'queue_full',
    message: `MCPbox is away, and the call was not kept for it: ${calls.length} calls wait already, and there is no room for more.`,
  }
}

function waitedTooLong({ since, until }: Wait): Problem {
  const [from, to] = [since, until].map((at) => new Date(at).toISOString())
  return {
    code: 'call_expired',
    message: `The call waited for MCPbox from ${from} to ${to}, and was given up then.`,
  }
}
