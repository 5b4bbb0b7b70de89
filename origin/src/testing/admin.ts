import { sql } from 'drizzle-orm'
import { FIXED_DEFAULTS } from '../domain/admin-settings.ts'
import { CatalogReader } from '../domain/catalog.ts'
import { DEFAULT_LISTING } from '../domain/listing.ts'
import type { Sandbox } from '../domain/sandbox.ts'
import { adminDoor } from '../http/admin/app.ts'
import type { Door } from '../http/door.ts'
import { workerReach } from '../http/admin/health/worker-reach.ts'
import { mountLocalMcp } from '../http/local/app.ts'
import { guardedSandbox } from '../sandbox-client/guarded-sandbox.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { RateLimiter } from '../domain/rate/rate-limiter.ts'
import { trustedProxies } from '../http/client-address.ts'
import { pgSessionRecords } from '../storage/session-records.ts'
import type { Opened } from './databases.ts'
import { ask, keptLog, type Asked } from './doors.ts'
import { startEngine } from './engines.ts'
import { ScriptedSandbox } from './scripted-sandbox.ts'

export const BEARER_KEY = 'bearer-key'.repeat(4)
export const DEPLOY_KEY = 'deploy-key'.repeat(4)
export const TUNNEL_KEY = 'tunnel-key'.repeat(4)
export const SETUP_TOKEN = 'setup-token'
export const PASSWORD = 'correct horse battery'

/** The admin door, with MCP for this machine mounted on it, over a database. */
export function openAdmin(opened: Opened, measures: Measures = {}) {
  const sandbox = new ScriptedSandbox()
  return { ...openOrigin(opened, sandbox, measures), sandbox }
}

/** What the admin door measures and limits; nothing unless given. */
interface Measures {
  metrics?: Metrics
  rate?: RateLimiter
}

/** One replica of the origin but for its tunnel door, over a database and beside a sandbox. */
export function openOrigin(opened: Opened, sandbox: Sandbox, { metrics, rate }: Measures = {}) {
  const { stores, within, notices } = opened
  const { log, lines } = keptLog()
  const { breaker } = guardedSandbox(sandbox, { failures: 5, recoveryMs: 60_000 }, () => {})
  const { engine, packages, owner, faults } = startEngine(opened, sandbox)
  const catalog = new CatalogReader(stores, notices, DEFAULT_LISTING)
  const database = {
    answers: async () => void (await opened.db.execute(sql`select 1`)),
    pool: opened.pool,
  }
  const allowedHosts = ['Box.lan']
  const door = adminDoor({
    stores,
    within,
    bearerKey: BEARER_KEY,
    internal: {
      deployKey: DEPLOY_KEY,
      tunnelKey: TUNNEL_KEY,
      workerSessionKey: 'the session key',
      tunnelDoor: '127.0.0.1:8002',
    },
    allowedHosts,
    database,
    sandbox,
    breaker,
    metrics: metrics ?? null,
    metricsToken: null,
    rate: rate ?? null,
    trusted: trustedProxies([]),
    lastTunnelRequest: () => null,
    worker: workerReach(stores.settings),
    packages,
    notices,
    settingDefaults: { ...FIXED_DEFAULTS, log_retention_days: 30 },
    listing: DEFAULT_LISTING,
    version: '1.2.3',
    log,
  })
  mountLocalMcp(door, {
    engine,
    catalog,
    notices,
    sessionRecords: pgSessionRecords(opened.db),
    sessionKey: 'session-key'.repeat(4),
    rate: rate ?? null,
    log,
  })
  return {
    door,
    lines,
    packages,
    breaker,
    database,
    engine,
    owner,
    faults,
    catalog,
    async [Symbol.asyncDispose]() {
      catalog[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** Makes the first admin, alice. */
export async function setUpAdmin(door: Door, { stores }: Opened): Promise<void> {
  await stores.settings.set('setup_token', SETUP_TOKEN)
  const body = { setup_token: SETUP_TOKEN, username: 'alice', password: PASSWORD }
  await ask(door, '/auth/setup', { method: 'POST', body })
}

/** Signs alice in, and gives both of her keys to the door. */
export async function signedInAs(door: Door, username = 'alice') {
  const body = { username, password: PASSWORD }
  const response = await ask(door, '/auth/login', { method: 'POST', body })
  const { access_token: bearer } = (await response.json()) as { access_token: string }
  const setCookie = response.headers.get('set-cookie') ?? ''
  const cookie = setCookie.split(';')[0] ?? ''
  return {
    bearer: { authorization: `Bearer ${bearer}` },
    cookie: { cookie, origin: 'http://localhost:3000' },
    setCookie,
    /** Asks with the bearer. */
    ask: (path: string, asked: Asked = {}) =>
      ask(door, path, {
        ...asked,
        headers: { authorization: `Bearer ${bearer}`, ...asked.headers },
      }),
  }
}
