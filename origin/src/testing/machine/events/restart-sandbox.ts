import * as fc from 'fast-check'
import { z } from 'zod'
import { eventKind } from '../event.ts'

/** The sandbox restarts, and knows none of its runs any more. */
export const restartSandbox = eventKind({
  name: 'restart sandbox',
  schema: z.object({}),
  arbitrary: fc.constant({}),
  async happen({ sandbox }) {
    sandbox.restart()
  },
})
