import type { Hono } from 'hono'
import { HEALTH_ENDPOINTS } from '#contract/admin-door/endpoints/health.ts'
import { ServicesHealth, type WorkerReach } from '#contract/health.ts'
import type { Stores } from '../../../domain/stores.ts'
import type { CircuitBreaker } from '../../../sandbox-client/circuit-breaker.ts'
import { routeOf, serve } from '../api/serve.ts'
import { signedIn, signInOf, type AdminEnv } from '../signed-in.ts'
import { databaseAnswers, sandboxHealth, type VitalParts } from './parts.ts'

/** What is told of MCPbox beyond its two vital parts. */
export interface ServiceParts extends VitalParts {
  stores: Pick<Stores, 'admins' | 'approvals'>
  bearerKey: string
  breaker: Pick<CircuitBreaker, 'health' | 'reset'>
  /** When the tunnel door last let a request of the Worker in. */
  lastTunnelRequest: () => Date | null
  /** Asks the deployed Worker; null when there is none. */
  worker: () => Promise<WorkerReach | null>
}

/** `/health/services` and `/health/circuits`: for programs that address this machine by its name. */
export function serviceHealthRoutes(routes: Hono<AdminEnv>, parts: ServiceParts): void {
  const { getServicesHealth, getCircuits, resetCircuits } = HEALTH_ENDPOINTS
  const { admins, approvals } = parts.stores
  const circuits = () => ({ circuits: { sandbox: parts.breaker.health } })

  routes.get(routeOf(getServicesHealth), async (c) => {
    const [database, sandbox] = await Promise.all([databaseAnswers(parts), sandboxHealth(parts)])
    const isAdmin = database && (await signInOf(c, admins, parts.bearerKey)) !== null
    const healthy = database && sandbox !== null
    const told = ServicesHealth.parse({
      status: healthy ? 'healthy' : 'degraded',
      services: { database: { healthy: database }, sandbox: { healthy: sandbox !== null } },
      details: !isAdmin
        ? null
        : {
            pool: parts.database.pool(),
            sandbox,
            circuit: parts.breaker.health,
            tunnel: { last_request_at: parts.lastTunnelRequest()?.toISOString() ?? null },
            worker: await parts.worker(),
            approvals_waiting: (await approvals.waiting(null, 1)).total,
          },
    } satisfies ServicesHealth)
    return c.json(told, healthy ? 200 : 503)
  })
  serve(routes, getCircuits, async () => circuits())
  routes.use(routeOf(resetCircuits), signedIn(admins, parts.bearerKey))
  serve(routes, resetCircuits, async () => {
    parts.breaker.reset()
    return circuits()
  })
}
