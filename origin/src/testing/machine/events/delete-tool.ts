import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { sql } from '../../databases.ts'
import { LOCAL } from '../../engines.ts'
import { anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { rowsOf } from '../rows-of.ts'

/** A tool is deleted; its name is free, and what is written under it is another tool. */
export const deleteTool = eventKind({
  name: 'delete tool',
  schema: place.extend({ by: z.enum(['alice', 'an assistant']) }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    by: fc.constantFrom('alice' as const, 'an assistant' as const),
  }),
  async happen(world, { server, tool, by }) {
    const { ledger } = world
    const [known] = await rowsOf<{ id: string }>(
      world.ground.opened,
      sql`select t.id from tools t join servers s on s.id = t.server_id
        where s.name = ${server} and t.name = ${tool} and t.deleted_at is null`,
    )
    const deed = { action: 'tool.deleted', subject: wireName(server, tool) }
    const path = `/api/servers/${server}/tools/${tool}`
    const isDone =
      by === 'alice'
        ? await statusIs(204, world.admin(by, path, { method: 'DELETE' }))
        : (await world.agent(LOCAL, 'mcpbox_delete_tool', { server, name: tool })).type === 'result'
    if (isDone === null) ledger.unheard(deed)
    if (isDone !== true) return
    ledger.done(deed)
    ledger.facts.set(`tool ${known?.id}`, 'deleted')
    ledger.reached.deletions += 1
  },
})

async function statusIs(
  status: number,
  asked: Promise<{ status: number } | null>,
): Promise<boolean | null> {
  const heard = await asked
  return heard === null ? null : heard.status === status
}
