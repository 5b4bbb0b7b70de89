import { z } from 'zod'
import { Json } from './json.ts'

/** What a host answered once, kept to be answered again when nothing may leave this machine. */
export const RecordedAnswer = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  /** Without a query it answers requests with any. */
  url: z
    .string()
    .max(2_000)
    .refine((text) => /^https?:\/\//i.test(text), 'must be an http or https address'),
  status: z.int().min(200).max(599).default(200),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'must be the name of a header'),
      z
        .string()
        .max(2_000)
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line'),
    )
    .default({}),
  /** A text as it is; anything else as JSON. */
  body: Json.default(''),
})
export type RecordedAnswer = z.infer<typeof RecordedAnswer>

/** Of one run. */
export const MAX_RECORDED_ANSWERS = 30

/**
 * Who answers the requests of a run: hosts, over the network, or nobody but what was recorded. With
 * records nothing is resolved and nothing is dialled.
 */
export const AnsweredBy = z.union([
  z.literal('network'),
  z.array(RecordedAnswer).max(MAX_RECORDED_ANSWERS),
])
export type AnsweredBy = z.infer<typeof AnsweredBy>
