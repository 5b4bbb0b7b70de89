import { Pool } from 'pg'
import type { PoolFigures } from '#contract/health.ts'

/** How many connections to PostgreSQL there may be, and for how long. */
export interface PoolSettings {
  /** Connections that are kept, once they were needed. */
  size: number
  /** Connections beyond that, which end when they have not been needed for a moment. */
  overflow: number
  /** How long a query waits for a connection, and then for its answer. */
  timeoutMs: number
  /** Age at which a connection is replaced. */
  recycleMs: number
}

export const DEFAULT_POOL: PoolSettings = {
  size: 20,
  overflow: 20,
  timeoutMs: 30_000,
  recycleMs: 1_800_000,
}

/**
 * Connections to the PostgreSQL at `url`. None is made before it is needed. One that breaks is told to
 * `onFault`, also while a unit of work has it: without a listener that would end the process.
 */
export function openPool(
  url: string,
  settings: PoolSettings,
  onFault: (fault: unknown) => void,
): Pool {
  const pool = new Pool({
    connectionString: url,
    max: settings.size + settings.overflow,
    min: settings.size,
    connectionTimeoutMillis: settings.timeoutMs,
    query_timeout: settings.timeoutMs,
    maxLifetimeSeconds: settings.recycleMs / 1000,
    keepAlive: true,
  })
  pool.on('error', onFault)
  pool.on('connect', (client) => client.on('error', onFault))
  return pool
}

export function figuresOf(pool: Pool, settings: PoolSettings): PoolFigures {
  return {
    in_use: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    size: settings.size,
    max_overflow: settings.overflow,
  }
}
