import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { agent, AGENTS, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An assistant calls a tool: by its own name, or through the tool that calls any other. */
export const callTool = eventKind({
  name: 'call tool',
  weight: 5,
  schema: place.extend({ by: agent, through: z.enum(['itself', 'another']) }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    by: anyAgent,
    through: fc.constantFrom('itself' as const, 'another' as const),
  }),
  async happen(world, { server, tool, by, through }) {
    const wire = wireName(server, tool)
    const end =
      through === 'itself'
        ? await world.agent(AGENTS[by], wire, {})
        : await world.agent(AGENTS[by], 'mcpbox_call_destructive_tool', { name: wire })
    world.ledger.answered(end)
  },
})
