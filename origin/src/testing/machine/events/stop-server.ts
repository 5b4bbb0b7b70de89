import * as fc from 'fast-check'
import { z } from 'zod'
import { LOCAL } from '../../engines.ts'
import { anyServer, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

const WHO = ['alice', 'an assistant'] as const

/** A server is stopped, by an admin or by an assistant on this machine. */
export const stopServer = eventKind({
  name: 'stop server',
  schema: z.object({ server: z.enum(SERVERS), by: z.enum(WHO) }),
  arbitrary: fc.record({ server: anyServer, by: fc.constantFrom(...WHO) }),
  async happen(world, { server, by }) {
    const { ledger } = world
    const name = `server ${server}`
    const before = ledger.fact(name, 'running')
    const deed = { action: 'server.stopped', subject: server }
    if (by === 'an assistant') {
      const end = await world.agent(LOCAL, 'mcpbox_stop_server', { server })
      if (end.type === 'problem') return
      if (before === null) return ledger.between(deed, 0, 1)
      if (before !== 'running') return
      ledger.done(deed)
      ledger.facts.set(name, 'stopped by an assistant')
    } else {
      const heard = await world.admin(by, `/api/servers/${server}/stop`, { method: 'POST' })
      if (heard !== null && heard.status !== 200) return
      const isNew = before !== 'stopped by an admin'
      ledger.between(deed, heard !== null && before !== null && isNew ? 1 : 0, isNew ? 1 : 0)
      ledger.facts.set(name, heard === null ? null : 'stopped by an admin')
    }
    ledger.reached.stops += 1
  },
})
