import { Hono } from 'hono'
import { ServicesHealth } from '#contract/services-health.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sandbox } from '../../domain/sandbox.ts'
import type { DoorEnv } from '../door.ts'

/** Whoever asks waits no longer than this for an answer about the sandbox. */
const PATIENCE_MS = 3_000

/** `/health/services`: each service, and the isolation that the sandbox has proven. 503 when one fails. */
export function servicesHealthRoutes(parts: {
  databaseAnswers: () => Promise<void>
  sandbox: Pick<Sandbox, 'health'>
}) {
  const routes = new Hono<DoorEnv>()
  routes.get('/', async (c) => {
    const [database, sandbox] = await Promise.all([
      parts.databaseAnswers().then(
        () => true,
        () => false,
      ),
      healthOf(parts.sandbox, c.req.raw.signal),
    ])
    const healthy = database && sandbox !== null
    const health = ServicesHealth.parse({
      status: healthy ? 'healthy' : 'degraded',
      services: { database: { healthy: database }, sandbox: { healthy: sandbox !== null } },
      sandbox,
    })
    return c.json(health, healthy ? 200 : 503)
  })
  return routes
}

async function healthOf(sandbox: Pick<Sandbox, 'health'>, asker: AbortSignal) {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    return await sandbox.health(AbortSignal.any([asker, patience]))
  } catch (fault) {
    if (fault instanceof Refusal || patience.aborted) return null
    throw fault
  }
}
