import { z } from 'zod'
import { Json } from '../json.ts'

/** What one version says otherwise than another one of the same tool. */
export const VersionDiff = z.object({
  from: z.int(),
  to: z.int(),
  /** Each change as a sentence for people; none when nothing but the number differs. */
  words: z.array(z.string()),
  /** A unified diff; empty when the code is the same. */
  code: z.string(),
  /** Of everything but the code, what differs. */
  fields: z.array(z.object({ field: z.string(), from: Json, to: Json })),
  /** Lines of the manifest, such as `host api.example.com`. */
  manifest: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
})
export type VersionDiff = z.infer<typeof VersionDiff>
