import type { Principal } from '#contract/principal.ts'
import type { CallQueue } from '../call-queue.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts'
import type { SessionRecords } from '#contract/session-record.ts'
import { memorySessionRecords } from '../legacy/memory-session-records.ts'
import { memorySessionHost } from '../legacy/memory-session-host.ts'
import type { SessionClaims } from '../legacy/session-id.ts'
import { DEFAULT_TIMES, type GatewayPorts, type GatewayTimes } from '../ports.ts'
import { Listeners } from '../serving/listeners.ts'
import { scriptedOrigin, type ScriptedOrigin } from './scripted-origin.ts'
import type { ScriptedTool } from './scripted-program.ts'

export const ALICE: Principal = { kind: 'user', sub: 'alice', email: 'alice@example.com' }
export const BOB: Principal = { kind: 'user', sub: 'bob', email: 'bob@example.com' }
export const KEY = 'a key for tests, with more than 32 characters'

export interface Mounted {
  gateway: Gateway
  origin: ScriptedOrigin
  faults: unknown[]
  /** Work that outlives its exchange. */
  deferred: Promise<void>[]
  records: SessionRecords
}

export interface MountOptions {
  times?: Partial<GatewayTimes>
  bodyBytes?: number
  listeners?: Listeners
  now?: () => number
  /** Takes the place of all that a process remembers; for a restart. */
  origin?: ScriptedOrigin
  /** Keeps calls while the origin is away; none unless given. */
  queue?: CallQueue
  /** What sessions settled at another replica. */
  records?: SessionRecords
  /** Sessions end no stream by themselves, as where they sleep while nobody asks them. */
  sleepy?: boolean
}

/** A gateway over tools in memory. Without grace of its own it answers plainly, as most tests want. */
export function mountGateway(
  tools: Record<string, ScriptedTool>,
  {
    times,
    origin = scriptedOrigin(tools),
    listeners = new Listeners(),
    records = memorySessionRecords(),
    queue,
    sleepy = false,
    ...rest
  }: MountOptions = {},
): Mounted {
  const faults: unknown[] = []
  const deferred: Promise<void>[] = []
  const ports: GatewayPorts = {
    origin,
    identity: { name: 'mcpbox', version: '0.0.0' },
    times: { ...DEFAULT_TIMES, graceMs: 60_000, ...times },
    listeners,
    onFault: (error) => faults.push(error),
    defer: (work) => deferred.push(work),
    ...(queue && { queue }),
  }
  const host = memorySessionHost({ ...ports, records })
  const asleep = { ...host, listen: (claims: SessionClaims) => host.listen(claims, () => {}) }
  const sessions = sleepy ? asleep : host
  const options: GatewayOptions = { ...ports, sessions, keys: { sessionId: KEY }, ...rest }
  return { gateway: createGateway(options), origin, faults, deferred, records }
}
