import * as fc from 'fast-check'
import { z } from 'zod'
import { eventKind } from '../event.ts'

/**
 * The process dies: after so many more things that it does outside itself, so in the middle of
 * whatever it does then. Whoever asked and hears nothing asks the next process.
 */
export const crash = eventKind({
  name: 'crash',
  weight: 4,
  schema: z.object({ after: z.int().nonnegative() }),
  arbitrary: fc.record({ after: fc.nat(60) }),
  async happen(world, { after }) {
    const { fuse } = await world.process()
    fuse.arm(after)
  },
})
