import * as fc from 'fast-check'
import { z } from 'zod'
import { agent, AGENTS, anyAgent, anySecret, anyServer, SECRETS, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An assistant names a secret that its tools need. */
export const declareSecret = eventKind({
  name: 'declare secret',
  schema: z.object({ server: z.enum(SERVERS), secret: z.enum(SECRETS), by: agent }),
  arbitrary: fc.record({ server: anyServer, secret: anySecret, by: anyAgent }),
  async happen(world, { server, secret, by }) {
    const args = { server, name: secret }
    const end = await world.agent(AGENTS[by], 'mcpbox_create_server_secret', args)
    if (end.type === 'result')
      world.ledger.done({ action: 'secret.created', subject: `${server}/${secret}` })
  },
})
