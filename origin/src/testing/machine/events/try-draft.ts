import * as fc from 'fast-check'
import { agent, AGENTS, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An assistant tries what it has written, approved or not. */
export const tryDraft = eventKind({
  name: 'try draft',
  weight: 2,
  schema: place.extend({ by: agent }),
  arbitrary: fc.record({ server: anyServer, tool: anyTool, by: anyAgent }),
  async happen(world, { server, tool, by }) {
    const end = await world.agent(AGENTS[by], 'mcpbox_test_code', { server, name: tool })
    world.ledger.trials.add(end.opId)
    world.ledger.answered(end)
  },
})
