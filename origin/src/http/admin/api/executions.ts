import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { parseWireName } from '#contract/names.ts'
import { refuse } from '../../../domain/refusal.ts'
import type { Stores } from '../../../domain/stores.ts'
import type { AdminEnv } from '../signed-in.ts'
import { executionView } from '../views.ts'
import { cursorOf, cursorTime, page } from './pages.ts'
import { serve } from './serve.ts'
import { timeOf } from './times.ts'

const byAge = cursorOf(z.object({ startedAt: cursorTime, id: z.uuid() }))

/** What ran, of every principal. */
export function executionRoutes(routes: Hono<AdminEnv>, { executions }: Stores): void {
  serve(routes, ENDPOINTS.listExecutions, async ({ query }) => {
    const { limit, cursor, tool, request_id: requestId, since, until, ...filter } = query
    if (tool !== undefined && parseWireName(tool) === null) return { items: [], next: null }
    const rows = await executions.recent({
      ...filter,
      tool,
      requestId,
      since: timeOf(since),
      until: timeOf(until),
      before: byAge.read(cursor),
      limit: limit + 1,
    })
    return page(rows, limit, {
      view: executionView,
      cursor: byAge,
      key: ({ startedAt, id }) => ({ startedAt, id }),
    })
  })

  serve(routes, ENDPOINTS.getExecution, async ({ params }) => {
    const execution = await executions.execution(params.id)
    return execution === null
      ? refuse('not_found', 'There is no such execution, or no more.')
      : executionView(execution)
  })
}
