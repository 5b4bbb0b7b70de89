import * as fc from 'fast-check'
import { z } from 'zod'
import { decideOn, lookAtWaiting } from '../admin-decides.ts'
import { admin, anyAdmin, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'

/**
 * An admin decides: on a question that waits, or on one that they saw some time ago, whatever has
 * become of it since.
 */
export const decide = eventKind({
  name: 'decide',
  weight: 8,
  schema: z.object({
    by: admin,
    decision: z.enum(['approve', 'reject']),
    looks: z.enum(['now', 'earlier']),
    pick,
  }),
  arbitrary: fc.record({
    by: anyAdmin,
    decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
    looks: fc.constantFrom('now' as const, 'now' as const, 'earlier' as const),
    pick: anyPick,
  }),
  async happen(world, { by, decision, looks, pick }) {
    const waiting = looks === 'now' ? await lookAtWaiting(world, by) : []
    const seen =
      looks === 'now'
        ? waiting.map(({ id, hash, version }) => ({ approval: id, hash, subject: version.tool }))
        : world.ledger.seen
    const question = picked(seen, pick)
    if (question !== undefined) await decideOn(world, by, decision, question)
  },
})
