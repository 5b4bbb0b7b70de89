import { z } from 'zod'
import { Json } from '../json.ts'

/** What one version says otherwise than another one of the same tool. */
export const VersionDiff = z.object({
  from: z.int(),
  to: z.int(),
  /** A unified diff; empty when the code is the same. */
  code: z.string(),
  /** Of everything but the code, what differs. */
  fields: z.array(z.object({ field: z.string(), from: Json, to: Json })),
  manifest: z.object({
    /** Lines of the manifest, such as `host api.example.com`. */
    added: z.array(z.string()),
    removed: z.array(z.string()),
    /** The same as sentences: `may now reach api.example.com`. */
    in_words: z.array(z.string()),
  }),
})
export type VersionDiff = z.infer<typeof VersionDiff>
