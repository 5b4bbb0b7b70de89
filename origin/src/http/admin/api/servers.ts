import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { ServerView } from '#contract/admin-door/tools.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { serverUnknown } from '../../../domain/tools/callable.ts'
import { deleteServer } from '../../../domain/tools/delete.ts'
import { startServer, stopServer } from '../../../domain/tools/run-server.ts'
import type { Server } from '../../../domain/tools/tool-store.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { cursorName, cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'

const byName = cursorOf(z.object({ name: cursorName }))

/** Servers. */
export function serverRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  serve(routes, ENDPOINTS.listServers, async ({ query: { limit, cursor } }) => {
    const after = byName.read(cursor)?.name ?? null
    const rows = await stores.directory.servers({ after, limit: limit + 1 })
    return page(rows, limit, { view: serverView, cursor: byName, key: ({ name }) => ({ name }) })
  })

  serve(routes, ENDPOINTS.createServer, async ({ body: { name, description }, c }) => {
    const by = byAdmin(c)
    const made = await within(async ({ tools, directory, activity }) => {
      await tools.addServer({ name, description, createdBy: by.actor })
      await activity.record({ ...by, action: 'server.created', subject: name })
      return directory.server(name)
    })
    c.header('location', `/api/servers/${name}`)
    return tagged(c, serverView(made ?? serverUnknown(name)))
  })

  serve(routes, ENDPOINTS.getServer, async ({ params: { server }, c }) =>
    tagged(c, serverView((await stores.directory.server(server)) ?? serverUnknown(server))),
  )

  serve(routes, ENDPOINTS.describeServer, async ({ params: { server }, body, c }) => {
    const { description } = body
    const changed = await within(async ({ directory, activity }) => {
      const current = (await directory.lockedServer(server)) ?? serverUnknown(server)
      assertMatch(c, serverView(current))
      await directory.describeServer(current.id, description)
      await activity.record({
        ...byAdmin(c),
        action: 'server.described',
        subject: server,
        details: { description },
      })
      return { ...current, description }
    })
    return tagged(c, serverView(changed))
  })

  serve(routes, ENDPOINTS.deleteServer, async ({ params: { server }, c }) => {
    await within(async (inside) => {
      const current = (await inside.directory.lockedServer(server)) ?? serverUnknown(server)
      assertMatch(c, serverView(current))
      await deleteServer(inside, server, byAdmin(c))
    })
    return undefined
  })

  serve(routes, ENDPOINTS.startServer, async ({ params: { server }, c }) =>
    tagged(c, serverView(await within((inside) => startServer(inside, server, byAdmin(c))))),
  )

  serve(routes, ENDPOINTS.stopServer, async ({ params: { server }, c }) =>
    tagged(c, serverView(await within((inside) => stopServer(inside, server, byAdmin(c))))),
  )
}

function serverView(server: Server): ServerView {
  return {
    name: server.name,
    description: server.description,
    created_by: server.createdBy,
    created_at: server.createdAt.toISOString(),
    tools: server.tools,
    stopped:
      server.stopped === null
        ? null
        : { at: server.stopped.at.toISOString(), by: server.stopped.actor },
  }
}
