import * as fc from 'fast-check'
import { sql } from '../../databases.ts'
import { anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'

/** Somebody with the database in their hands changes the code of what is live, past its triggers. */
export const tamper = eventKind({
  name: 'tamper',
  schema: place,
  arbitrary: fc.record({ server: anyServer, tool: anyTool }),
  async happen(world, { server, tool }) {
    await world.ground.opened.db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`)
      await tx.execute(sql`update versions set code = 'def main(): return "evil"' where state = 'live'
        and tool_id in (select t.id from tools t join servers s on s.id = t.server_id
          where s.name = ${server} and t.name = ${tool})`)
    })
  },
})
