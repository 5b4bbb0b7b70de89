import * as fc from 'fast-check'
import { z } from 'zod'
import { LOCAL } from '../../engines.ts'
import { wireName } from '#contract/names.ts'
import { anyServer, anyTool, pick, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { factsOf } from '../facts.ts'

const RolledBack = z.object({
  hash: z.string(),
  outcome: z.enum(['live', 'drafted', 'unchanged']),
})

/** An assistant on this machine goes back to a version, whatever was decided about it. */
export const rollBack = eventKind({
  name: 'roll back',
  weight: 3,
  schema: place.extend({ version: pick }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    version: fc.integer({ min: 1, max: 4 }),
  }),
  async happen(world, { server, tool, version }) {
    const args = { server, name: tool, version }
    const rolled = factsOf(RolledBack, await world.agent(LOCAL, 'mcpbox_rollback_tool', args))
    if (rolled === null || rolled.outcome === 'unchanged') return
    const isLive = rolled.outcome === 'live'
    if (isLive) world.ledger.reached.rollbacks += 1
    world.ledger.done({
      action: isLive ? 'version.rolled_back' : 'version.drafted',
      subject: wireName(server, tool),
      details: { hash: rolled.hash },
    })
  },
})
