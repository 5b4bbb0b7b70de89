import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { agent, AGENTS, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { factsOf } from '../facts.ts'

const Asked = z.object({ approval: z.string(), hash: z.string(), state: z.string() })

/** An assistant asks a person to approve what it has written; asking again gives the same question. */
export const requestApproval = eventKind({
  name: 'request approval',
  weight: 2,
  schema: place.extend({ by: agent }),
  arbitrary: fc.record({ server: anyServer, tool: anyTool, by: anyAgent }),
  async happen(world, { server, tool, by }) {
    const args = { server, name: tool, notes: 'It is wanted.' }
    const end = await world.agent(AGENTS[by], 'mcpbox_request_publish', args)
    const asked = factsOf(Asked, end)
    if (asked === null) return
    const about = {
      subject: wireName(server, tool),
      details: { approval: asked.approval, hash: asked.hash },
    }
    world.ledger.doneOnce({ action: 'approval.requested', ...about })
    // By a policy, at once.
    if (asked.state === 'live') world.ledger.done({ action: 'approval.approved', ...about })
  },
})
