import { z } from 'zod'
import { Name, wireName } from '#contract/names.ts'
import type { Stores } from '../stores.ts'
import { serverUnknown, toolUnknown } from '../tools/callable.ts'
import { deleteServer as removeServer, deleteTool as removeTool } from '../tools/delete.ts'
import { startServer as start, stopServer as stop } from '../tools/run-server.ts'
import type { Server } from '../tools/tool-store.ts'
import * as inputs from './inputs.ts'
import { ADDS, DESTROYS, managementTool, READS, told } from './management-tool.ts'

const StoppedView = z.object({ at: z.string(), by: z.string() }).nullable()

export const getServer = managementTool({
  name: 'mcpbox_get_server',
  title: 'Read a server',
  description:
    'Tells of one server: its tools and what of each is live, its secrets’ names, what waits for approval, whether it is stopped.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({
    server: z.string(),
    description: z.string(),
    created_by: z.string(),
    created_at: z.string(),
    stopped: StoppedView,
    tools: z.array(
      z.object({
        tool: z.string(),
        live_version: z.int().nullable(),
        newest: z.object({ version: z.int(), state: z.string() }),
      }),
    ),
    secrets: z.array(z.object({ name: z.string(), has_value: z.boolean() })),
    waiting_approvals: z.int(),
  }),
  annotations: READS,
  answer: (call, { server: name }) =>
    call.finish(async (stores) => {
      const server = (await stores.directory.server(name)) ?? serverUnknown(name)
      const tools = (await stores.tools.toolsOf(name)).flatMap(({ name: tool, versions }) => {
        const newest = versions.at(-1)
        if (newest === undefined) return []
        return {
          tool: wireName(name, tool),
          live_version: versions.find(({ state }) => state === 'live')?.number ?? null,
          newest: { version: newest.number, state: newest.state },
        }
      })
      const secrets = await stores.secrets.list(name, { after: null, limit: MOST })
      return told({
        server: name,
        description: server.description,
        created_by: await stores.principals.label(server.createdBy),
        created_at: server.createdAt.toISOString(),
        stopped: await stoppedView(stores, server),
        tools,
        secrets: secrets.map((secret) => ({ name: secret.name, has_value: secret.hasValue })),
        waiting_approvals: tools.filter(({ newest }) => newest.state === 'pending').length,
      })
    }),
})

export const stopServer = managementTool({
  name: 'mcpbox_stop_server',
  title: 'Stop a server',
  description:
    'Keeps clients from all tools of a server, until it is started: they are not listed, found or called. What runs already goes on.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({ server: z.string(), stopped: StoppedView, next: z.string() }),
  annotations: { ...DESTROYS, idempotentHint: true },
  answer: (call, { server: name }) =>
    call.finish(async (stores) =>
      told({
        server: name,
        stopped: await stoppedView(stores, await stop(stores, name, call.doer)),
        next: 'Its tools can still be changed and asked for. Start it with mcpbox_start_server.',
      }),
    ),
})

export const startServer = managementTool({
  name: 'mcpbox_start_server',
  title: 'Start a server',
  description:
    'Lets clients list, find and call the live tools of a server that was stopped. What an admin stopped only an admin starts.',
  input: z.strictObject({ server: inputs.server }),
  output: z.object({ server: z.string(), live_tools: z.int(), next: z.string() }),
  annotations: { ...ADDS, idempotentHint: true },
  answer: (call, { server: name }) =>
    call.finish(async (stores) => {
      await start(stores, name, call.doer)
      const tools = await stores.tools.toolsOf(name)
      const live = tools.filter(({ versions }) => versions.some(({ state }) => state === 'live'))
      const next =
        live.length > 0
          ? 'Its live tools can be called at once.'
          : 'None of its tools is live: ask for approval with mcpbox_request_publish.'
      return told({ server: name, live_tools: live.length, next })
    }),
})

export const deleteTool = managementTool({
  name: 'mcpbox_delete_tool',
  title: 'Delete a tool',
  description:
    'Deletes a tool with its draft and live version; what waits for approval is withdrawn. Its history is kept, its name is free.',
  input: z.strictObject({ server: inputs.server, name: inputs.tool }),
  output: z.object({ deleted: z.string(), next: z.string() }),
  annotations: DESTROYS,
  answer: (call, { server, name }) =>
    call.finish(async (stores) => {
      const tool = (await stores.tools.tool(server, name)) ?? toolUnknown(server, name)
      await removeTool(stores, tool, call.doer)
      return told({
        deleted: wireName(server, name),
        next: 'Calls that had begun end as they would. An admin still sees all that happened.',
      })
    }),
})

export const deleteServer = managementTool({
  name: 'mcpbox_delete_server',
  title: 'Delete a server',
  description:
    'Deletes a server with all its tools, and forgets its secrets. Histories are kept, names are free.',
  input: z.strictObject({ server: Name }),
  output: z.object({ deleted: z.string(), tools: z.array(z.string()), next: z.string() }),
  annotations: DESTROYS,
  answer: (call, { server }) =>
    call.finish(async (stores) => {
      const tools = await removeServer(stores, server, call.doer)
      return told({
        deleted: server,
        tools: tools.map((tool) => wireName(server, tool)),
        next: 'Calls that had begun end as they would. An admin still sees all that happened.',
      })
    }),
})

/** Names of secrets of one answer; no server has so many. */
const MOST = 500

async function stoppedView({ principals }: Pick<Stores, 'principals'>, { stopped }: Server) {
  return stopped === null
    ? null
    : { at: stopped.at.toISOString(), by: await principals.label(stopped.actor) }
}
