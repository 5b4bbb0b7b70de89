import type { MiddlewareHandler } from 'hono'
import { ORIGIN_BODY_BYTES } from '#contract/limits.ts'
import { createGateway } from '#gateway/gateway.ts'
import { IDENTITY } from '#contract/version.ts'
import type { SessionRecords } from '#contract/session-record.ts'
import { memorySessionHost } from '#gateway/legacy/memory-session-host.ts'
import { MCP_PATHS } from '#gateway/quirks/mcp-path.ts'
import { DEFAULT_TIMES, type GatewayPorts } from '#gateway/ports.ts'
import { Listeners } from '#gateway/serving/listeners.ts'
import type { Logger } from '../../log.ts'
import type { Door, DoorEnv } from '../door.ts'
import type { RateLimiter } from '../../domain/rate/rate-limiter.ts'
import { rateLimited } from '../rate-limited.ts'
import { inGatewayWords } from './gateway-words.ts'
import { inProcessOrigin } from './in-process-origin.ts'
import { assertFromThisMachine } from './from-this-machine.ts'

/** Mounts MCP at `/mcp` of a door that checks how it is addressed, for programs on this machine. */
export function mountLocalMcp(
  door: Door,
  parts: Parameters<typeof inProcessOrigin>[0] & {
    sessionRecords: SessionRecords
    sessionKey: string
    /** Null: nobody is kept from asking too often. */
    rate: RateLimiter | null
    log: Logger
  },
): void {
  const ports: GatewayPorts = {
    origin: inProcessOrigin(parts),
    identity: IDENTITY,
    times: DEFAULT_TIMES,
    listeners: new Listeners(),
    onFault: (fault) => parts.log.error({ door: 'local', err: fault }, 'fault'),
    defer: () => {},
  }
  const gateway = createGateway({
    ...ports,
    sessions: memorySessionHost({ ...ports, records: inWords(parts.sessionRecords) }),
    keys: { sessionId: parts.sessionKey },
    bodyBytes: ORIGIN_BODY_BYTES,
  })
  // One budget for all assistants of this machine, who cannot be told apart.
  const limits = parts.rate === null ? [] : [rateLimited(parts.rate, async () => 'local')]
  for (const path of MCP_PATHS)
    door.all(path, onlyThisMachine, ...limits, (c) => {
      const address = c.get('address') ?? undefined
      return gateway.handle(c.req.raw, { kind: 'local' }, c.get('requestId'), address)
    })
}

const onlyThisMachine: MiddlewareHandler<DoorEnv> = (c, next) => {
  assertFromThisMachine(c)
  return next()
}

function inWords(records: SessionRecords): SessionRecords {
  return {
    read: (...asked) => records.read(...asked).catch(inGatewayWords),
    write: (...asked) => records.write(...asked).catch(inGatewayWords),
    change: (...asked) => records.change(...asked).catch(inGatewayWords),
  }
}
