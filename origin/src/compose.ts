import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { SandboxHealth } from '#contract/sandbox.ts'
import { VERSION } from '#contract/version.ts'
import type { Config } from './config.ts'
import { FIXED_DEFAULTS } from './domain/admin-settings.ts'
import { CatalogReader } from './domain/catalog.ts'
import { answers } from './domain/operations/answer.ts'
import { carryOutWith } from './domain/operations/carry-out.ts'
import { OperationEngine } from './domain/operations/engine.ts'
import { RateLimiter } from './domain/rate/rate-limiter.ts'
import { GrantWatch } from './domain/grants/watch.ts'
import { noteExpired } from './domain/grants/note-expired.ts'
import { testingAgain } from './domain/tool-tests/run-again.ts'
import { readKeyRing } from './domain/tunnel-keys/rotate.ts'
import { endOldLogs, FINISHED_KEPT_MS, housekeeping, RATE_KEPT_MS } from './housekeeping.ts'
import { adminDoor } from './http/admin/app.ts'
import { workerReach } from './http/admin/health/worker-reach.ts'
import { trustedProxies } from './http/client-address.ts'
import { mountLocalMcp } from './http/local/app.ts'
import { tunnelDoor } from './http/tunnel/app.ts'
import { KnownKeys } from './http/tunnel/known-keys.ts'
import { installationKeys } from './installation-keys.ts'
import { listen } from './listen.ts'
import { openLog } from './log.ts'
import { openMetrics } from './metrics/metrics.ts'
import { assertIsolated } from './sandbox-client/assert-isolated.ts'
import { startSandbox } from './sandbox-client/child.ts'
import { httpPackageSource } from './sandbox-client/http-package-source.ts'
import { guardedSandbox } from './sandbox-client/guarded-sandbox.ts'
import { httpSandbox } from './sandbox-client/http-sandbox.ts'
import type { Secrets } from './secrets-file.ts'
import { pgAssertionUses } from './storage/assertion-uses.ts'
import { aesCipher } from './storage/cipher.ts'
import { openDatabase } from './storage/database.ts'
import { pgRateStore } from './storage/rate-store.ts'
import { pgSessionRecords } from './storage/session-records.ts'
import { pgStores, pgWithin } from './storage/stores.ts'

/** A running origin. Disposing it stops it in order: doors, operations, sandbox, database. */
export interface Origin extends AsyncDisposable {
  adminPort: number
  port: number
  tunnelPort: number
  sandboxUrl: string
  database: string
  confinement: Pick<SandboxHealth, 'isolation' | 'missing' | 'self_test'>
  setupToken: string | null
}

/**
 * Wires and starts everything.
 * @throws with a sentence for the person who starts it when a part cannot be had.
 */
export async function startOrigin(
  config: Config,
  secrets: Secrets & { previousKeys: readonly string[] },
  env: NodeJS.ProcessEnv,
): Promise<Origin> {
  await using starting = new AsyncDisposableStack()
  const log = openLog(config.logLevel)
  const onFault = (fault: unknown) => log.error({ err: fault }, 'fault')
  const metrics = config.metrics.enabled ? openMetrics(onFault) : null

  const database = starting.use(
    await openDatabase({
      url: config.databaseUrl,
      folder: config.dataFolder,
      directUrl: config.databaseDirectUrl,
      pool: config.pool,
      onFault,
    }),
  )
  const { db, notices } = database
  const cipher = aesCipher(secrets.MCPBOX_ENCRYPTION_KEY, secrets.previousKeys)
  const stores = pgStores(db, cipher)
  const within = pgWithin(db, cipher)
  const keys = await installationKeys(stores)
  // Made before any door opens, so that rotations find them.
  await readKeyRing(stores.settings)

  const apiKey = secrets.SANDBOX_API_KEY
  const sandboxUrl =
    config.sandboxUrl ??
    starting.use(await startSandbox({ port: config.sandboxPort, apiKey, env, onFault })).url
  const unguarded = httpSandbox({ url: sandboxUrl, apiKey })
  const { sandbox, breaker } = guardedSandbox(unguarded, config.breaker, (state) =>
    log[state === 'open' ? 'error' : 'info']({ circuit: 'sandbox', state }, 'circuit'),
  )
  const packages = httpPackageSource({ url: sandboxUrl, apiKey })
  const confinement = await unguarded.health(AbortSignal.timeout(10_000))
  assertIsolated(confinement.isolation, config.sandboxMin)

  const owner = randomUUID()
  const engine = starting.use(
    new OperationEngine({
      owner,
      stores,
      notices,
      sandbox,
      onFault,
      carryOut: carryOutWith({
        owner,
        stores,
        within,
        notices,
        sandbox,
        packages,
        watch: starting.use(new GrantWatch(notices, sandbox, onFault)),
        answers,
        ...(metrics !== null && { executed: metrics.executed }),
        onFault,
      }),
    }),
  )
  const catalog = starting.use(new CatalogReader(stores, notices, config.listing))
  const rates = pgRateStore(db)
  const assertionUses = pgAssertionUses(db)
  const sessionRecords = pgSessionRecords(db)
  const settingDefaults = { ...FIXED_DEFAULTS, log_retention_days: config.logRetentionDays }
  starting.use(
    housekeeping(
      [
        () => assertionUses.forgetExpired(),
        () => rates.forgetBefore(Date.now() - RATE_KEPT_MS),
        () => sessionRecords.forgetExpired(),
        () => stores.operations.forgetFinishedBefore(new Date(Date.now() - FINISHED_KEPT_MS)),
        () => stores.codeParts.forgetExpired(),
        () => stores.secrets.forgetLinksExpiredBefore(new Date()),
        () => endOldLogs(db, stores, settingDefaults),
        () => noteExpired(within),
      ],
      onFault,
    ),
  )

  let lastTunnelRequest: Date | null = null
  const tunnel = tunnelDoor({
    entered: () => {
      lastTunnelRequest = new Date()
    },
    metrics: metrics?.http ?? null,
    engine,
    catalog,
    notices,
    keys: starting.use(new KnownKeys({ read: () => readKeyRing(stores.settings), notices })),
    log,
    useAssertion: (jti, expiresAt) => assertionUses.use(jti, expiresAt),
  })
  const { port: tunnelPort } = starting.use(
    await listen(tunnel, config.tunnelHost, config.tunnelPort),
  )

  metrics?.look({
    pool: database.pool,
    circuit: () => breaker.health,
    operations: () => engine.running,
    lastTunnelRequest: () => lastTunnelRequest,
    approvalsWaiting: async () => (await stores.approvals.waiting(null, 1)).total,
  })

  const trusted = trustedProxies(config.trustedProxies)
  const rate = new RateLimiter(rates, config.ratePerMinute)
  const openAdminDoor = () =>
    adminDoor({
      stores,
      within,
      version: VERSION,
      log,
      bearerKey: keys.bearerKey,
      internal: {
        deployKey: secrets.MCPBOX_DEPLOY_KEY,
        tunnelKey: secrets.MCPBOX_TUNNEL_KEY,
        workerSessionKey: keys.workerSessionKey,
        tunnelDoor: addressOf(config.tunnelHost, tunnelPort),
      },
      allowedHosts: config.allowedHosts,
      database: {
        answers: async () => void (await db.execute(sql`select 1`)),
        pool: database.pool,
      },
      sandbox: unguarded,
      breaker,
      metrics,
      rate,
      trusted,
      metricsToken: config.metrics.token,
      lastTunnelRequest: () => lastTunnelRequest,
      worker: workerReach(stores.settings),
      packages,
      notices,
      settingDefaults,
      listing: config.listing,
    })
  const main = openAdminDoor()
  mountLocalMcp(main, {
    engine,
    catalog,
    notices,
    sessionRecords,
    log,
    sessionKey: keys.sessionKey,
    rate,
  })

  const { port } = starting.use(await listen(main, config.host, config.port))
  const { port: adminPort } = starting.use(
    await listen(openAdminDoor(), config.host, config.adminPort),
  )

  starting.use(testingAgain({ stores, within, sandbox }, onFault))

  const running = starting.move()
  return {
    adminPort,
    port,
    tunnelPort,
    sandboxUrl,
    confinement,
    database: database.label,
    setupToken: keys.setupToken,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Where something that runs on this machine finds what listens at `host` (RFC 3986 §3.2.2). */
function addressOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `127.0.0.1:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
