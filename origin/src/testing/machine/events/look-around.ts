import * as fc from 'fast-check'
import { z } from 'zod'
import { agent, AGENTS, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'

const READS = ['/api/executions', '/api/activity', '/api/approvals', '/api/tools', '/api/servers']

/** An assistant and an admin read whatever there is to read. */
export const lookAround = eventKind({
  name: 'look around',
  schema: place.extend({ by: agent, everywhere: z.boolean() }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    by: anyAgent,
    everywhere: fc.boolean(),
  }),
  async happen(world, { server, tool, by, everywhere }) {
    const as = AGENTS[by]
    const named = { server, name: tool }
    await world.agent(as, 'mcpbox_get_tool_status', named)
    await world.agent(as, 'mcpbox_get_tool_logs', named)
    if (!everywhere) return
    await world.agent(as, 'mcpbox_list_tools', { server })
    await world.agent(as, 'mcpbox_get_tool', named)
    await world.agent(as, 'mcpbox_list_server_secrets', { server })
    await world.agent(as, 'mcpbox_search_tools', { query: `${tool} ${server}` })
    for (const path of [...READS, `/api/servers/${server}/secrets`]) await world.admin('bob', path)
  },
})
