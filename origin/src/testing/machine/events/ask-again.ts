import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'

/** Whoever had an answer asks for it again, from whatever process serves now: it is the same. */
export const askAgain = eventKind({
  name: 'ask again',
  schema: z.object({ pick }),
  arbitrary: fc.record({ pick: anyPick }),
  async happen(world, { pick }) {
    const first = picked([...world.ledger.ends.values()].toReversed(), pick)
    if (first === undefined) return
    const { as, end } = first
    const now = await world.again(as, end.opId)
    if (now !== null && !isDeepStrictEqual(now, end))
      throw new Error(`operation ${end.opId} ended otherwise when it was asked about again`)
  },
})
