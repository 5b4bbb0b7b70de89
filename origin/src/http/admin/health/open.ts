import type { Hono } from 'hono'
import { HEALTH_ENDPOINTS } from '#contract/admin-door/endpoints/health.ts'
import type { DoorEnv } from '../../door.ts'
import { routeOf } from '../api/serve.ts'
import { databaseAnswers, sandboxHealth, type VitalParts } from './parts.ts'

/**
 * What whoever watches a process asks, by whatever name it knows this machine: whether it serves,
 * whether it is ready, and which of the two parts it cannot do without is away.
 */
export function openHealthRoutes(door: Hono<DoorEnv>, parts: VitalParts): void {
  const { getHealth, getDetailedHealth, getLiveness, getReadiness } = HEALTH_ENDPOINTS
  const connected = (is: boolean) => (is ? 'connected' : 'disconnected')
  const base = (database: boolean) => ({
    status: database ? 'healthy' : 'unhealthy',
    version: parts.version,
    database: connected(database),
  })

  const both = async () =>
    Promise.all([databaseAnswers(parts), sandboxHealth(parts).then((health) => health !== null)])

  door.get(routeOf(getHealth), async (c) => {
    const database = await databaseAnswers(parts)
    return c.json(base(database), database ? 200 : 503)
  })
  door.get(routeOf(getDetailedHealth), async (c) => {
    const [database, sandbox] = await both()
    return c.json({ ...base(database), sandbox: connected(sandbox) }, database ? 200 : 503)
  })
  door.get(routeOf(getLiveness), (c) => c.json({ status: 'ok' }))
  door.get(routeOf(getReadiness), async (c) => {
    const [database, sandbox] = await both()
    const ready = database && sandbox
    return c.json({ status: ready ? 'ready' : 'not_ready' }, ready ? 200 : 503)
  })
}
