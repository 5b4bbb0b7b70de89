import * as fc from 'fast-check'
import { z } from 'zod'
import { admin, anyAdmin, anySecret, anyServer, SECRETS, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An admin has a secret forgotten. */
export const removeSecret = eventKind({
  name: 'remove secret',
  schema: z.object({ server: z.enum(SERVERS), secret: z.enum(SECRETS), by: admin }),
  arbitrary: fc.record({ server: anyServer, secret: anySecret, by: anyAdmin }),
  async happen(world, { server, secret, by }) {
    const path = `/api/servers/${server}/secrets/${secret}`
    const heard = await world.admin(by, path, { method: 'DELETE' })
    const deed = { action: 'secret.removed', subject: `${server}/${secret}` }
    if (heard === null) world.ledger.unheard(deed)
    else if (heard.status === 204) world.ledger.done(deed)
  },
})
