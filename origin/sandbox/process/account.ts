import { z } from 'zod'

/**
 * The kernel's account of an ended process, passed on by the fork server (wait4(2)). The process
 * itself has no part in it.
 */
export const Account = z.object({
  code: z.int().nullable(),
  signal: z.int().nullable(),
  cpu_ms: z.number(),
  max_rss_kb: z.number(),
})
export type Account = z.infer<typeof Account>
