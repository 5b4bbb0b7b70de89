import { z } from 'zod'

/** A version as `describeVersion` tells it; the facts that callers go on with are named. */
export const version = z.looseObject({
  tool: z.string(),
  version: z.int(),
  state: z.string(),
  hash: z.string(),
  warnings: z.array(z.string()),
})

/** A version that was stored, and what to do then. */
export const stored = version.extend({ next: z.string() })
