import { waitUntil } from 'cloudflare:workers'
import { IDENTITY } from '#contract/version.ts'
import { DEFAULT_TIMES, type GatewayPorts } from '#gateway/ports.ts'
import { Listeners } from '#gateway/serving/listeners.ts'
import { createApp, type App } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { TunnelClient } from './origin/tunnel-client.ts'
import { TunnelDoor } from './origin/tunnel-door.ts'
import { reportFault } from './report-fault.ts'

/** workerd hears that a client left when it writes to it. A cancelled call is to end within 1 s. */
const CANCEL_NOTICE_MS = 500

/**
 * What lives as long as the isolate does: the issuer's keys, the last known catalogs, the parsed
 * configuration. Made on the first request, because workerd allows no I/O before it. The Durable
 * Objects of the same isolate share it.
 */
class Isolate {
  #app: App | null = null
  #ports: GatewayPorts | null = null

  appOf(env: Env): App {
    this.#app ??= createApp(readConfig(env), env.SESSIONS, (config) => this.#portsFor(config))
    return this.#app
  }

  /** Throws when the Worker is not configured; the Worker itself answers before it asks. */
  portsOf(env: Env): GatewayPorts {
    const read = readConfig(env)
    if (!read.ok) throw new Error(`Not configured: ${read.missing}`)
    return this.#portsFor(read.config)
  }

  #portsFor(config: Config): GatewayPorts {
    this.#ports ??= {
      origin: new TunnelClient(new TunnelDoor(config.origin)),
      identity: IDENTITY,
      times: { ...DEFAULT_TIMES, cancelNoticeMs: CANCEL_NOTICE_MS },
      listeners: new Listeners(),
      onFault: reportFault,
      defer: waitUntil,
    }
    return this.#ports
  }
}

export const isolate = new Isolate()
