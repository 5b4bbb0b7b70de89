import { Hono } from 'hono'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import { refuse } from '../../domain/refusal.ts'
import type { DoorEnv } from '../door.ts'
import { equalSecrets } from '../equal-secrets.ts'

/** `/internal`: for programs of MCPbox itself, each route with a key of its own. */
export function internalRoutes(parts: { deployKey: string; worker: WorkerSecrets }) {
  const routes = new Hono<DoorEnv>()

  routes.get('/worker-secrets', (c) => {
    const key = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (!equalSecrets(key, parts.deployKey))
      refuse('unauthenticated', 'This needs MCPBOX_DEPLOY_KEY as a bearer.')
    return c.json(parts.worker satisfies WorkerSecrets)
  })

  return routes
}
