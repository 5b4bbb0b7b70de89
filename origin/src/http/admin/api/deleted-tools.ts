import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { Stores } from '../../../domain/stores.ts'
import type { DeletedTool } from '../../../domain/tools/tool-directory.ts'
import type { Version } from '../../../domain/tools/version.ts'
import type { AdminEnv } from '../signed-in.ts'
import { versionView } from '../views.ts'
import { cursorOf, cursorTime, page } from './pages.ts'
import { serve } from './serve.ts'

const byDeletion = cursorOf(z.object({ deletedAt: cursorTime, id: z.uuid() }))
const byNumber = cursorOf(z.object({ number: z.int().positive() }))

/** What is kept of tools that are gone. */
export function deletedToolRoutes(
  routes: Hono<AdminEnv>,
  { tools, directory }: Pick<Stores, 'tools' | 'directory'>,
): void {
  serve(routes, ENDPOINTS.listDeletedTools, async ({ query: { limit, cursor } }) => {
    const before = byDeletion.read(cursor)
    const rows = await directory.deletedTools({ before, limit: limit + 1 })
    const key = ({ deletedAt, id }: DeletedTool) => ({ deletedAt, id })
    return page(rows, limit, { view, cursor: byDeletion, key })
  })

  serve(
    routes,
    ENDPOINTS.listDeletedVersions,
    async ({ params: { id }, query: { limit, cursor } }) => {
      const below = byNumber.read(cursor)?.number ?? Infinity
      const rows = (await tools.versions(id)).filter(({ number }) => number < below)
      const key = ({ number }: Version) => ({ number })
      return page(rows, limit, { view: versionView, cursor: byNumber, key })
    },
  )
}

function view({ deletedAt, deletedBy, ...tool }: DeletedTool) {
  return { ...tool, deleted_at: deletedAt.toISOString(), deleted_by: deletedBy }
}
