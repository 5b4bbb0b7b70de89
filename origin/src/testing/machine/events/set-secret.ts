import * as fc from 'fast-check'
import { z } from 'zod'
import { admin, anyAdmin, anySecret, anyServer, SECRETS, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'
import { anyHidden } from '../hidden.ts'

/** An admin gives a secret its value, the first or the next. */
export const setSecret = eventKind({
  name: 'set secret',
  weight: 3,
  schema: z.object({
    server: z.enum(SERVERS),
    secret: z.enum(SECRETS),
    by: admin,
    value: z.string(),
  }),
  arbitrary: fc.record({ server: anyServer, secret: anySecret, by: anyAdmin, value: anyHidden }),
  async happen(world, { server, secret, by, value }) {
    world.ledger.hidden.add(value)
    const path = `/api/servers/${server}/secrets/${secret}`
    const heard = await world.admin(by, path, { method: 'PUT', body: { value } })
    const deed = { action: 'secret.set', subject: `${server}/${secret}` }
    if (heard === null) world.ledger.unheard(deed)
    else if (heard.status === 204) world.ledger.done(deed)
  },
})
