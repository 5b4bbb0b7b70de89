import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { sql } from '../../databases.ts'
import { LOCAL } from '../../engines.ts'
import { anyPick, anyServer, anyTool, pick, picked, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { factsOf } from '../facts.ts'
import { rowsOf } from '../rows-of.ts'

const RolledBack = z.object({
  hash: z.string(),
  outcome: z.enum(['live', 'drafted', 'unchanged']),
})

/** An assistant on this machine goes back to a version, whatever was decided about it. */
export const rollBack = eventKind({
  name: 'roll back',
  weight: 5,
  schema: place.extend({ pick }),
  arbitrary: fc.record({ server: anyServer, tool: anyTool, pick: anyPick }),
  async happen(world, { server, tool, pick }) {
    // Those first that were live.
    const known = await rowsOf<{ number: number }>(
      world.ground.opened,
      sql`select v.number from versions v join tools t on t.id = v.tool_id
        join servers s on s.id = t.server_id
        where s.name = ${server} and t.name = ${tool} and t.deleted_at is null and v.state <> 'live'
        order by v.approval_id is null, v.number`,
    )
    const version = picked(known, pick)?.number
    if (version === undefined) return
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
