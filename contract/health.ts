import { z } from 'zod'
import { SandboxHealth } from './sandbox.ts'

const Connected = z.enum(['connected', 'disconnected'])

/** `GET /health`: 503, and `unhealthy`, when the database does not answer. */
export const Health = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  version: z.string(),
  database: Connected,
})
export type Health = z.infer<typeof Health>

/** `GET /health/detail`: the same, and whether tools can run. */
export const DetailedHealth = Health.extend({ sandbox: Connected })
export type DetailedHealth = z.infer<typeof DetailedHealth>

/** `GET /health/live`: the process serves. `GET /health/ready`: it can do its work; 503 when it cannot. */
export const Liveness = z.object({ status: z.literal('ok') })
export const Readiness = z.object({ status: z.enum(['ready', 'not_ready']) })

/** A circuit breaker: what it guards is not tried while it is open. */
export const CircuitHealth = z.object({
  state: z.enum(['closed', 'open', 'half_open']),
  /** In a row, up to now. */
  failures: z.int(),
  failure_threshold: z.int(),
  /** Seconds that it stays open before it is tried. */
  recovery_s: z.number(),
  /** Seconds until then; null while it is closed. */
  retry_in_s: z.number().nullable(),
})
export type CircuitHealth = z.infer<typeof CircuitHealth>

/** `GET /health/circuits`: each breaker of this process, by what it guards. */
export const CircuitsHealth = z.object({ circuits: z.object({ sandbox: CircuitHealth }) })
export type CircuitsHealth = z.infer<typeof CircuitsHealth>

/** What the connections to PostgreSQL do, at this moment. */
export const PoolFigures = z.object({
  in_use: z.int(),
  idle: z.int(),
  /** Queries that wait for a connection. */
  waiting: z.int(),
  size: z.int(),
  max_overflow: z.int(),
})
export type PoolFigures = z.infer<typeof PoolFigures>

/** Whether the deployed Worker reaches this origin, as it says when asked over the internet. */
export const WorkerReach = z.object({
  url: z.string(),
  reaches_origin: z.boolean(),
  /** What it said, or why it could not be asked. */
  said: z.string(),
})
export type WorkerReach = z.infer<typeof WorkerReach>

/**
 * `GET /health/services`: what MCPbox leans on; 503 when one of them fails. Only a signed-in admin is
 * told the details.
 */
export const ServicesHealth = z.object({
  status: z.enum(['healthy', 'degraded']),
  services: z.object({
    database: z.object({ healthy: z.boolean() }),
    sandbox: z.object({ healthy: z.boolean() }),
  }),
  details: z
    .object({
      /** Null for the embedded database. */
      pool: PoolFigures.nullable(),
      /** Null when it does not answer. */
      sandbox: SandboxHealth.pick({
        isolation: true,
        missing: true,
        self_test: true,
        running: true,
      }).nullable(),
      circuit: CircuitHealth,
      /** When the tunnel last brought a request of the Worker to this process; null: not since it started. */
      tunnel: z.object({ last_request_at: z.iso.datetime().nullable() }),
      /** Null when no Worker is deployed. */
      worker: WorkerReach.nullable(),
      approvals_waiting: z.int(),
    })
    .nullable(),
})
export type ServicesHealth = z.infer<typeof ServicesHealth>
