import * as fc from 'fast-check'
import { z } from 'zod'
import { SecretLinkMade } from '#contract/admin-door/secrets.ts'
import { admin, anyAdmin, anySecret, anyServer, SECRETS, SERVERS } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An admin makes a link behind which somebody else sets a secret, once. */
export const makeSecretLink = eventKind({
  name: 'make secret link',
  schema: z.object({ server: z.enum(SERVERS), secret: z.enum(SECRETS), by: admin }),
  arbitrary: fc.record({ server: anyServer, secret: anySecret, by: anyAdmin }),
  async happen(world, { server, secret, by }) {
    const path = `/api/servers/${server}/secrets/${secret}/links`
    const before = world.shown.length
    const heard = await world.admin(by, path, { method: 'POST' })
    const subject = `${server}/${secret}`
    const deed = { action: 'secret.link_made', subject }
    if (heard === null) world.ledger.unheard(deed)
    else if (heard.status === 201) {
      world.ledger.done(deed)
      const { pathname } = new URL(SecretLinkMade.parse(JSON.parse(heard.body)).url)
      world.ledger.links.push({ path: pathname, subject })
      // Told here, and never again.
      world.shown = world.shown.filter((text, at) => at < before || text !== heard.body)
      world.ledger.hidden.add(pathname.split('/').at(-1) ?? '')
    }
  },
})
