import * as fc from 'fast-check'
import { z } from 'zod'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'
import { grantDeed, grantsSeen } from '../grants-seen.ts'

/** An admin gives back a line that was revoked. */
export const restoreGrant = eventKind({
  name: 'restore grant',
  weight: 4,
  schema: z.object({ by: admin, pick }),
  arbitrary: fc.record({ by: anyAdmin, pick: anyPick }),
  async happen(world, { by, pick }) {
    const revoked = (await grantsSeen(world, by)).filter((grant) => grant.revoked !== null)
    const grant = picked(revoked, pick)
    if (grant === undefined) return
    const done = await adminDoes(world, by, `/api/grants/${grant.id}/revocation`, {
      asked: { method: 'DELETE' },
      deed: grantDeed('grant.restored', grant),
      fact: { name: `grant ${grant.id}`, value: 'granted' },
    })
    if (done !== null) world.ledger.reached.restorations += 1
  },
})
