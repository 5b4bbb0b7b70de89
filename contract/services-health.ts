import { z } from 'zod'
import { SandboxHealth } from './sandbox.ts'

/**
 * `GET /health/services`: what MCPbox leans on, and how well calls are confined. `sandbox` is null
 * when it does not answer.
 */
export const ServicesHealth = z.object({
  status: z.enum(['healthy', 'degraded']),
  services: z.object({
    database: z.object({ healthy: z.boolean() }),
    sandbox: z.object({ healthy: z.boolean() }),
  }),
  sandbox: SandboxHealth.pick({
    isolation: true,
    missing: true,
    self_test: true,
    running: true,
  }).nullable(),
})
export type ServicesHealth = z.infer<typeof ServicesHealth>
