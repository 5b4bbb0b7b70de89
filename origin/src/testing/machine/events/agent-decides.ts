import * as fc from 'fast-check'
import { z } from 'zod'
import { agent, AGENTS, anyAgent, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'

const WAYS = ['tool', 'through another', 'door', 'bearer'] as const

/** An assistant tries to approve what it has asked for. @throws when anything lets it */
export const agentDecides = eventKind({
  name: 'agent decides',
  schema: z.object({ by: agent, way: z.enum(WAYS), pick }),
  arbitrary: fc.record({ by: anyAgent, way: fc.constantFrom(...WAYS), pick: anyPick }),
  async happen(world, { by, way, pick }) {
    const question = picked(world.ledger.seen, pick)
    if (question === undefined) return
    const { approval, hash } = question
    const name = 'mcpbox_approve_request'
    const args = { approval, hash, decision: 'approve' }
    if (way === 'tool' || way === 'through another') {
      const end =
        way === 'tool'
          ? await world.agent(AGENTS[by], name, args)
          : await world.agent(AGENTS[by], 'mcpbox_call_destructive_tool', { name, arguments: args })
      if (end.type === 'result') throw new Error('an assistant decided, by a tool')
      return
    }
    const heard = await world.stranger(`/api/approvals/${approval}/decision`, {
      method: 'POST',
      body: { hash, decision: 'approve', reason: null },
      headers: way === 'bearer' ? { authorization: 'Bearer of.an.assistant' } : {},
    })
    if (heard !== null && heard.status !== 401)
      throw new Error(`an assistant that decides at the admin door hears ${heard.status}`)
  },
})
