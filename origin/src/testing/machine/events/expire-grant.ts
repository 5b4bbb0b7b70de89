import * as fc from 'fast-check'
import { z } from 'zod'
import { sql } from '../../databases.ts'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'
import { grantDeed, grantsSeen } from '../grants-seen.ts'

/** An admin sets when a line ends, and perhaps that time comes. */
export const expireGrant = eventKind({
  name: 'expire grant',
  weight: 2,
  schema: z.object({ by: admin, pick, passes: z.boolean() }),
  arbitrary: fc.record({ by: anyAdmin, pick: anyPick, passes: fc.boolean() }),
  async happen(world, { by, pick, passes }) {
    const grant = picked(await grantsSeen(world, by), pick)
    if (grant === undefined) return
    const done = await adminDoes(world, by, `/api/grants/${grant.id}/expiry`, {
      asked: {
        method: 'PUT',
        body: { expires_at: '2100-01-01T00:00:00Z' },
        headers: { 'if-match': '*' },
      },
      deed: grantDeed('grant.expiry_set', grant),
    })
    if (done === null || !passes) return
    // As if the time had passed.
    await world.ground.opened.db.execute(
      sql`update grants set expires_at = now() - interval '1 hour' where id = ${grant.id}`,
    )
    world.ledger.reached.expiries += 1
  },
})
