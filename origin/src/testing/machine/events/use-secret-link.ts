import * as fc from 'fast-check'
import { z } from 'zod'
import { anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'
import { anyHidden } from '../hidden.ts'

/** Somebody sets a secret behind a link, which may have been used. */
export const useSecretLink = eventKind({
  name: 'use secret link',
  schema: z.object({ pick, value: z.string() }),
  arbitrary: fc.record({ pick: anyPick, value: anyHidden }),
  async happen(world, { pick, value }) {
    const link = picked(world.ledger.links, pick)
    if (link === undefined) return
    world.ledger.hidden.add(value)
    await world.stranger(link.path)
    const heard = await world.stranger(link.path, {
      method: 'POST',
      body: String(new URLSearchParams({ value })),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const deed = { action: 'secret.set', subject: link.subject }
    if (heard === null) world.ledger.unheard(deed)
    else if (heard.status === 200) world.ledger.done(deed)
  },
})
