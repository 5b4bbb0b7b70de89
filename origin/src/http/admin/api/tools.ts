import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { ToolView } from '#contract/admin-door/tools.ts'
import type { Name } from '#contract/names.ts'
import type { Listing } from '../../../domain/listing.ts'
import { refuse } from '../../../domain/refusal.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { serverUnknown, toolUnknown } from '../../../domain/tools/callable.ts'
import { deleteTool } from '../../../domain/tools/delete.ts'
import { versionHistory } from '../../../domain/tools/history.ts'
import { rollBack } from '../../../domain/tools/roll-back.ts'
import type { ListedTool } from '../../../domain/tools/tool-directory.ts'
import { versionDiff } from '../../../domain/tools/version-diff.ts'
import type { Version } from '../../../domain/tools/version.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { versionView } from '../views.ts'
import { listingCosts } from './listing-costs.ts'
import { cursorName, cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'

const byName = cursorOf(z.object({ server: cursorName, name: cursorName }))
const byNumber = cursorOf(z.object({ number: z.int().positive() }))

/** Tools and their versions. */
export function toolRoutes(
  routes: Hono<AdminEnv>,
  { stores, within, listing }: { stores: Stores; within: Within; listing: Listing },
): void {
  const { tools, directory } = stores

  async function versionsOf(server: Name, name: Name): Promise<Version[]> {
    const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
    return tools.versions(tool.id)
  }

  serve(routes, ENDPOINTS.listTools, async ({ query: { server, limit, cursor } }) => {
    if (server !== undefined && (await tools.serverId(server)) === null) serverUnknown(server)
    const after = byName.read(cursor)
    const [rows, { listings, ...totals }, calls] = await Promise.all([
      directory.tools({ server }, { after, limit: limit + 1 }),
      listingCosts(tools, listing),
      stores.executions.callsByTool(),
    ])
    const view = (row: ListedTool) => ({
      ...toolView(row),
      listing: listings.get(row.id) ?? null,
      calls: calls.get(row.id) ?? 0,
    })
    const key = (row: ListedTool) => ({ server: row.server, name: row.name })
    return { ...page(rows, limit, { view, cursor: byName, key }), ...totals }
  })

  serve(routes, ENDPOINTS.getTool, async ({ params: { server, tool: name } }) => {
    const [tool] = await directory.tools({ server, name }, { after: null, limit: 1 })
    return toolView(tool ?? toolUnknown(server, name))
  })

  serve(routes, ENDPOINTS.deleteTool, async ({ params: { server, tool: name }, c }) => {
    await within(async (inside) => {
      const tool = (await inside.tools.tool(server, name)) ?? toolUnknown(server, name)
      await deleteTool(inside, tool, byAdmin(c))
    })
    return undefined
  })

  serve(routes, ENDPOINTS.listVersions, async ({ params, query: { limit, cursor } }) => {
    const below = byNumber.read(cursor)?.number ?? Infinity
    const versions = await versionsOf(params.server, params.tool)
    const rows = versions.filter(({ number }) => number < below)
    const key = ({ number }: Version) => ({ number })
    return page(rows, limit, { view: versionView, cursor: byNumber, key })
  })

  serve(routes, ENDPOINTS.listHistory, async ({ params, query: { limit, cursor } }) => {
    const { server, tool: name } = params
    const tool = (await tools.tool(server, name)) ?? toolUnknown(server, name)
    const below = byNumber.read(cursor)?.number ?? null
    const rows = await versionHistory(stores, tool.id, { below, limit: limit + 1 })
    const key = ({ version }: (typeof rows)[number]) => ({ number: version })
    return page(rows, limit, { view: (row) => row, cursor: byNumber, key })
  })

  serve(routes, ENDPOINTS.getVersion, async ({ params: { server, tool, number } }) =>
    versionView(numbered(await versionsOf(server, tool), number)),
  )

  serve(routes, ENDPOINTS.diffVersions, async ({ params, query: { from } }) => {
    const versions = await versionsOf(params.server, params.tool)
    return versionDiff(numbered(versions, from), numbered(versions, params.number))
  })

  serve(routes, ENDPOINTS.rollBack, async ({ params: { server, tool: name, number }, c }) => {
    const { version, ...rolled } = await within(async (inside) => {
      const tool = (await inside.tools.tool(server, name)) ?? toolUnknown(server, name)
      return rollBack(inside, tool, number, byAdmin(c))
    })
    return { ...rolled, version: versionView(version) }
  })
}

function numbered(versions: readonly Version[], number: number): Version {
  return (
    versions.find((version) => version.number === number) ??
    refuse('version_unknown', `This tool has no version ${number}.`)
  )
}

function toolView(tool: ListedTool): ToolView {
  return {
    server: tool.server,
    name: tool.name,
    live: tool.live,
    newest: tool.newest,
    versions: tool.versions,
    created_by: tool.createdBy,
    created_at: tool.createdAt.toISOString(),
  }
}
