import { z } from 'zod'

/**
 * A manifest beside what reading the code told, in words. Advice, never authority: the sandbox enforces
 * the manifest as it is.
 */
export const ManifestCheck = z.object({
  /** What the code is seen to use and the manifest does not allow. */
  lacking: z.array(z.string()),
  /** Lines that the code is not seen to use. */
  unused: z.array(z.string()),
  /** What the code does not show before it runs. */
  unseen: z.array(z.string()),
})
export type ManifestCheck = z.infer<typeof ManifestCheck>
