import * as fc from 'fast-check'
import { z } from 'zod'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'
import { grantDeed, grantsSeen } from '../grants-seen.ts'

/** An admin takes back a line of what was approved. */
export const revokeGrant = eventKind({
  name: 'revoke grant',
  weight: 3,
  schema: z.object({ by: admin, pick }),
  arbitrary: fc.record({ by: anyAdmin, pick: anyPick }),
  async happen(world, { by, pick }) {
    const granted = (await grantsSeen(world, by)).filter(({ revoked }) => revoked === null)
    const grant = picked(granted, pick)
    if (grant === undefined) return
    const done = await adminDoes(world, by, `/api/grants/${grant.id}/revocation`, {
      asked: { method: 'POST', body: { reason: 'No more.' } },
      deed: grantDeed('grant.revoked', grant),
      fact: { name: `grant ${grant.id}`, value: 'revoked' },
    })
    if (done !== null) world.ledger.reached.revocations += 1
  },
})
