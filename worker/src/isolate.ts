import { waitUntil } from 'cloudflare:workers'
import { IDENTITY } from '#contract/version.ts'
import { createGateway } from '#gateway/gateway.ts'
import type { Origin } from '#gateway/origin.ts'
import { DEFAULT_TIMES, type GatewayPorts } from '#gateway/ports.ts'
import { Listeners } from '#gateway/serving/listeners.ts'
import { createApp, type App } from './app.ts'
import { authenticatorFor } from './auth/authenticator-for.ts'
import { readConfig, type Config } from './config.ts'
import { noteMessage, reportFault } from './log.ts'
import { remembered, type Remembered } from './memory/remembered.ts'
import { CatalogCache } from './origin/catalog-cache.ts'
import { OriginHealth } from './origin/origin-health.ts'
import { Reachability } from './origin/reachability.ts'
import { TunnelClient } from './origin/tunnel-client.ts'
import { TunnelDoor } from './origin/tunnel-door.ts'
import { durableQueue } from './queue/durable-queue.ts'
import { RateLimiter, type BudgetOf } from './rate/rate-limiter.ts'
import { strangerLimit } from './rate/stranger-limit.ts'
import { durableSessionHost } from './session/durable-session-host.ts'

/** workerd hears that a client left when it writes to it. A cancelled call is to end within 1 s. */
const CANCEL_NOTICE_MS = 500

/** What of a configuration is made once for all who use it in an isolate. */
interface Made {
  memory: Remembered
  ports: GatewayPorts
  originHealth: OriginHealth
  /** The origin for who comes again later, and waits for nothing now. */
  delivery: Origin
}

/**
 * What lives as long as the isolate does: the issuer's keys, the last known catalogs, the parsed
 * configuration. Made on the first request, because workerd allows no I/O before it. The Durable
 * Objects of the same isolate share it.
 */
class Isolate {
  #app: App | null = null
  #made: Made | null = null

  appOf(env: Env): App {
    this.#app ??= this.#createApp(env)
    return this.#app
  }

  /** Throws when the Worker is not configured; the Worker itself answers before it asks. */
  portsOf(env: Env): GatewayPorts {
    return this.#madeOf(env).ports
  }

  /** Throws as {@link portsOf} does. */
  deliveryOf(env: Env): Origin {
    return this.#madeOf(env).delivery
  }

  #madeOf(env: Env): Made {
    // Reading the configuration takes longer than most exchanges with an object.
    if (this.#made !== null) return this.#made
    const read = readConfig(env)
    if (!read.ok) throw new Error(`Not configured: ${read.missing}`)
    return this.#makeFor(read.config, env)
  }

  #createApp(env: Env): App {
    const read = readConfig(env)
    if (!read.ok) return createApp(read)
    const { config } = read
    const budgetOf: BudgetOf = (name) => env.RATE_BUDGETS.getByName(name)
    const { memory, ports, originHealth } = this.#makeFor(config, env)
    return createApp({
      originHealth,
      publicUrl: config.publicUrl,
      allowedOrigins: config.allowedOrigins,
      authenticator: authenticatorFor(config, {
        memory,
        renewals: env.UPSTREAM_RENEWALS,
        budgetOf,
      }),
      gateway: createGateway({
        ...ports,
        sessions: durableSessionHost(env.SESSIONS, reportFault),
        keys: { sessionId: config.sessionKey },
        heard: noteMessage,
      }),
      rate: new RateLimiter(budgetOf, config.ratePerMinute),
      strangers: strangerLimit(env.STRANGERS),
    })
  }

  #makeFor(config: Config, env: Env): Made {
    this.#made ??= makeFor(config, env)
    return this.#made
  }
}

function makeFor(config: Config, env: Env): Made {
  const memory = remembered(env.EDGE_MEMORY, waitUntil, reportFault)
  const reachability = new Reachability(memory.away, reportFault)
  const door = new TunnelDoor(config.origin, reachability)
  const catalogs = new CatalogCache(door, memory.catalogs)
  const tunnel = { door, catalogs, reachability }
  const ports: GatewayPorts = {
    origin: new TunnelClient(tunnel),
    queue: durableQueue(env.WAITING_CALLS, catalogs),
    identity: IDENTITY,
    times: { ...DEFAULT_TIMES, cancelNoticeMs: CANCEL_NOTICE_MS },
    listeners: new Listeners(),
    onFault: reportFault,
    defer: waitUntil,
  }
  const originHealth = new OriginHealth(door, reachability, config.origin)
  return { memory, ports, originHealth, delivery: new TunnelClient(tunnel, { patienceMs: 0 }) }
}

export const isolate = new Isolate()
