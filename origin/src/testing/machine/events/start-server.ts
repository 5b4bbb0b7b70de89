import * as fc from 'fast-check'
import { z } from 'zod'
import { LOCAL } from '../../engines.ts'
import { anyServer, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

const WHO = ['alice', 'an assistant'] as const

/** A server is started again. @throws when an assistant starts what an admin stopped */
export const startServer = eventKind({
  name: 'start server',
  weight: 2,
  schema: z.object({ server: z.enum(SERVERS), by: z.enum(WHO) }),
  arbitrary: fc.record({ server: anyServer, by: fc.constantFrom(...WHO) }),
  async happen(world, { server, by }) {
    const { ledger } = world
    const name = `server ${server}`
    const before = ledger.fact(name, 'running')
    const deed = { action: 'server.started', subject: server }
    const most = before === 'running' ? 0 : 1
    if (by === 'an assistant') {
      const end = await world.agent(LOCAL, 'mcpbox_start_server', { server })
      if (end.type === 'problem') return
      if (before === 'stopped by an admin') throw new Error(`an assistant started ${server}`)
      ledger.between(deed, before === null ? 0 : most, most)
      ledger.facts.set(name, 'running')
    } else {
      const heard = await world.admin(by, `/api/servers/${server}/start`, { method: 'POST' })
      if (heard !== null && heard.status !== 200) return
      ledger.between(deed, heard === null || before === null ? 0 : most, most)
      ledger.facts.set(name, heard === null ? null : 'running')
    }
  },
})
