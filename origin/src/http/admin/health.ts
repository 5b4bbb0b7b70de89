import { Hono } from 'hono'
import type { DoorEnv } from '../door.ts'

/** `/health`: 503 when the database does not answer. Tells nothing more to whoever asks. */
export function healthRoutes(parts: { databaseAnswers: () => Promise<void>; version: string }) {
  const routes = new Hono<DoorEnv>()
  routes.get('/', async (c) => {
    const database = await parts.databaseAnswers().then(
      () => 'connected' as const,
      () => 'disconnected' as const,
    )
    const healthy = database === 'connected'
    return c.json(
      { status: healthy ? 'healthy' : 'unhealthy', version: parts.version, database },
      healthy ? 200 : 503,
    )
  })
  return routes
}
