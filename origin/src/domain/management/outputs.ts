import { z } from 'zod'

/** A version as `describeVersion` tells it; the facts that callers go on with are named. */
export const version = z.looseObject({
  tool: z.string(),
  version: z.int(),
  state: z.string(),
  hash: z.string(),
  warnings: z.array(z.string()),
})

/** The same, or of code that came in parts those that are still missing. */
export const storedOrPart = z.looseObject({
  version: z.int().optional(),
  hash: z.string().optional(),
  missing_parts: z.array(z.int()).optional(),
  next: z.string(),
})

/** A version that was stored, and what to do then. */
export const stored = version.extend({ next: z.string() })
