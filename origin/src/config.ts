import { z } from 'zod'
import { LogRetentionDays } from '#contract/admin-door/settings.ts'
import { complaints } from '#contract/complaints.ts'
import type { IsolationLevel } from '#contract/sandbox.ts'
import { DEFAULT_LISTING, type Listing } from './domain/listing.ts'
import type { CircuitSettings } from './sandbox-client/circuit-breaker.ts'
import { DEFAULT_POOL, type PoolSettings } from './storage/pool.ts'

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
/** In seconds; kept in milliseconds. */
const seconds = (fallbackMs: number) =>
  z.coerce
    .number()
    .min(1)
    .max(86_400)
    .default(fallbackMs / 1000)
    .transform((s) => s * 1000)
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

const Environment = z.object({
  /** Folder of generated secrets and of the embedded database. */
  MCPBOX_DATA: z.string().min(1).default('./data'),
  /** PostgreSQL; left out: the embedded database. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** The same database around a pooler in transaction mode; left out: `DATABASE_URL` leads to it. */
  DATABASE_DIRECT_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Connections that are kept, and those beyond them while they are needed. */
  DB_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(DEFAULT_POOL.size),
  DB_MAX_OVERFLOW: z.coerce.number().int().min(0).max(500).default(DEFAULT_POOL.overflow),
  /** Seconds that a query waits for a connection, and then for its answer. */
  DB_POOL_TIMEOUT: seconds(DEFAULT_POOL.timeoutMs),
  /** Seconds after which a connection is replaced. */
  DB_POOL_RECYCLE: seconds(DEFAULT_POOL.recycleMs),
  /** Failures in a row after which the sandbox is left alone, and for how many seconds. */
  CIRCUIT_BREAKER_FAILURES: z.coerce.number().int().min(1).max(1000).default(5),
  CIRCUIT_BREAKER_RECOVERY: seconds(60_000),
  /** Address that the admin door and the local door listen at. */
  MCPBOX_HOST: z.string().default('127.0.0.1'),
  MCPBOX_PORT: port(8000),
  MCPBOX_ADMIN_PORT: port(3000),
  MCPBOX_TUNNEL_HOST: z.string().default('127.0.0.1'),
  MCPBOX_TUNNEL_PORT: port(8002),
  /** Host names, beside the loopback ones, by which the doors may be addressed. */
  MCPBOX_ALLOWED_HOSTS: list,
  /** A sandbox that runs elsewhere; left out: one is started. */
  SANDBOX_URL: z.url({ protocol: /^https?$/ }).optional(),
  SANDBOX_PORT: port(8001),
  /** The weakest isolation that is put up with; see docs/threat-model.md. */
  MCPBOX_SANDBOX_MIN: z.enum(['S4', 'S3', 'S2', 'S1']).default('S2'),
  /** How long activity and executions are kept, unless an admin sets it otherwise. */
  LOG_RETENTION_DAYS: z.coerce.number().pipe(LogRetentionDays).default(30),
  /** Which tools of MCPbox itself clients see in their list; see domain/listing.ts. */
  MCPBOX_LISTED_MANAGEMENT: z.enum(['core', 'full']).default(DEFAULT_LISTING.management),
  /** With more approved tools than this none is listed; all are found by searching. */
  MCPBOX_MOST_LISTED_TOOLS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(DEFAULT_LISTING.mostTools),
  /** Requests that one asker may send in a minute: an address, or the assistants of this machine. */
  RATE_LIMIT_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(100),
  /** Addresses and ranges of reverse proxies whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: list,
  ENABLE_METRICS: z.enum(['true', 'false']).default('true'),
  /** Whoever scrapes from another machine must bring it; left out: only this machine may. */
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export interface Config {
  dataFolder: string
  databaseUrl: string | null
  /** The database around a pooler; null: `databaseUrl` leads to it. */
  databaseDirectUrl: string | null
  pool: PoolSettings
  breaker: CircuitSettings
  host: string
  port: number
  adminPort: number
  tunnelHost: string
  tunnelPort: number
  allowedHosts: string[]
  sandboxUrl: string | null
  sandboxPort: number
  sandboxMin: IsolationLevel
  logRetentionDays: number
  listing: Listing
  ratePerMinute: number
  trustedProxies: string[]
  metrics: { enabled: boolean; token: string | null }
  logLevel: z.infer<typeof Environment>['LOG_LEVEL']
}

/**
 * Reads the settings. The only reader of the environment, with the data folder for secrets.
 * @throws with one line per wrong setting.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const read = Environment.safeParse(set)
  if (!read.success) throw new Error(complaints(read.error, '\n'))
  const { data } = read
  return {
    dataFolder: data.MCPBOX_DATA,
    databaseUrl: data.DATABASE_URL ?? null,
    databaseDirectUrl: data.DATABASE_DIRECT_URL ?? null,
    pool: {
      size: data.DB_POOL_SIZE,
      overflow: data.DB_MAX_OVERFLOW,
      timeoutMs: data.DB_POOL_TIMEOUT,
      recycleMs: data.DB_POOL_RECYCLE,
    },
    breaker: {
      failures: data.CIRCUIT_BREAKER_FAILURES,
      recoveryMs: data.CIRCUIT_BREAKER_RECOVERY,
    },
    host: data.MCPBOX_HOST,
    port: data.MCPBOX_PORT,
    adminPort: data.MCPBOX_ADMIN_PORT,
    tunnelHost: data.MCPBOX_TUNNEL_HOST,
    tunnelPort: data.MCPBOX_TUNNEL_PORT,
    allowedHosts: data.MCPBOX_ALLOWED_HOSTS,
    sandboxUrl: data.SANDBOX_URL ?? null,
    sandboxPort: data.SANDBOX_PORT,
    sandboxMin: data.MCPBOX_SANDBOX_MIN,
    logRetentionDays: data.LOG_RETENTION_DAYS,
    listing: {
      management: data.MCPBOX_LISTED_MANAGEMENT,
      mostTools: data.MCPBOX_MOST_LISTED_TOOLS,
    },
    ratePerMinute: data.RATE_LIMIT_REQUESTS_PER_MINUTE,
    trustedProxies: data.TRUSTED_PROXIES,
    metrics: { enabled: data.ENABLE_METRICS === 'true', token: data.METRICS_TOKEN ?? null },
    logLevel: data.LOG_LEVEL,
  }
}
