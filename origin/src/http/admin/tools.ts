import { Hono } from 'hono'
import type { z } from 'zod'
import type { ToolList } from '#contract/admin-api.ts'
import { addressOf } from '#contract/publication.ts'
import { managementTools } from '../../domain/catalog.ts'
import type { Listing } from '../../domain/listing.ts'
import type { Stores } from '../../domain/stores.ts'
import { estimatedTokens } from '../../domain/tokens.ts'
import { listedTool } from '../../domain/tools/listed-tool.ts'
import type { AdminEnv } from './signed-in.ts'

/** `/api/tools`: the live tools, and what each costs in a client's list. */
export function toolRoutes({ tools, executions }: Stores, listing: Listing) {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [live, calls] = await Promise.all([tools.live(['tool']), executions.callsByTool()])
    const told = live.map((version) => {
      const name = addressOf(version.publication)
      return {
        name,
        version: version.number,
        tokens: tokensOf(listedTool(version, name)),
        calls: calls.get(version.toolId) ?? 0,
      }
    })
    const sum = (each: readonly number[]) => each.reduce((all, one) => all + one, 0)
    return c.json({
      listed: live.length <= listing.mostTools,
      management_tokens: sum(managementTools(listing.management).map(tokensOf)),
      tokens: sum(told.map(({ tokens }) => tokens)),
      tools: told.sort((a, b) => (a.name < b.name ? -1 : 1)),
    } satisfies z.input<typeof ToolList>)
  })
  return routes
}

function tokensOf(listed: unknown): number {
  return estimatedTokens(JSON.stringify(listed))
}
