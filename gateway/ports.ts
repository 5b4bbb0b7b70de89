import type { Catalog } from '#contract/catalog.ts'
import { HEARTBEAT_MS, LONGEST_CALL_MS } from '#contract/limits.ts'
import type { ClientInfo } from '#contract/operation.ts'
import type { CallQueue } from './call-queue.ts'
import type { Origin } from './origin.ts'
import type { Listeners } from './serving/listeners.ts'
import { patienceOf } from './serving/patience.ts'

/** Times and sizes of the MCP front. Milliseconds, unless the name says otherwise. */
export interface GatewayTimes {
  /** An answer that takes longer becomes an event stream. */
  graceMs: number
  /** Longest silence on any stream. */
  keepAliveMs: number
  /**
   * The same where closing the stream cancels what runs: a host that hears of a closed stream only
   * when a write fails hears of it within this time.
   */
  cancelNoticeMs: number
  /** How long an operation may take at the origin, however many exchanges wait for it. */
  callDeadlineMs: number
  /** How long a call that can be queued is offered to an origin that does not take it. */
  offerMs: number
  /** How long one exchange keeps a client of this name waiting for a tool. */
  patienceMs: (client: ClientInfo | null) => number
  /** How long a client that is told to come back waits for what that takes at the origin. */
  partingMs: number
  /** How long a client may keep a list (`ttlMs`, MCP 2026-07-28). */
  listTtlMs: number
  /**
   * How often a stream for news asks whether it still has its place, though there is no news. What
   * this finds is rare (a client that keeps open what it has ended or replaced), does no harm but to
   * hold one of the places for listeners, and costs a request to the session, so that it is long.
   */
  listeningCheckMs: number
  /** Pause before the change feed is asked for again after it broke. */
  changesRetryMs: number
}

export const DEFAULT_TIMES: GatewayTimes = {
  graceMs: 1_500,
  keepAliveMs: HEARTBEAT_MS,
  cancelNoticeMs: HEARTBEAT_MS,
  callDeadlineMs: LONGEST_CALL_MS,
  offerMs: 3_000,
  patienceMs: patienceOf,
  partingMs: 2_000,
  listTtlMs: 60_000,
  listeningCheckMs: 600_000,
  changesRetryMs: 5_000,
}

/** What serving one exchange needs of its host, whichever host that is. */
export interface GatewayPorts {
  origin: Origin
  /** Keeps calls while the origin is away; the origin itself, which never is, has none. */
  queue?: CallQueue
  /** Who answers where the catalog, which knows it too, is not read. */
  identity: Catalog['server']
  times: GatewayTimes
  /** The process's own count, whichever of its sessions and exchanges asks. */
  listeners: Listeners
  /** Hears of every failure that is not an expected refusal. Must not throw. */
  onFault: (error: unknown) => void
  /** Keeps the host awake until work is done that outlives the exchange (`waitUntil`). */
  defer: (work: Promise<void>) => void
}
