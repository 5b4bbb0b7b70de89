import { writtenText } from '../written-text.ts'
import { z } from 'zod'
import { MIN_SECRET_CHARS } from '../limits.ts'
import { Name, SecretName } from '../names.ts'
import { pageOf } from './page.ts'

/** What is told of a secret: all but its value, which only ever goes in. */
export const SecretView = z.object({
  server: Name,
  name: SecretName,
  description: z.string(),
  has_value: z.boolean(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  updated_by: z.string(),
  updated_at: z.iso.datetime(),
})
export type SecretView = z.infer<typeof SecretView>

/** By name. */
export const SecretList = pageOf(SecretView)

/** What is wrong is said without what was sent: a value in the wrong place is a value. */
const UNSAID = 'must hold nothing but what is documented'

export const SecretText = z
  .string()
  .max(10_000)
  .refine(
    (value) => value.trim().length >= MIN_SECRET_CHARS,
    `must have at least ${MIN_SECRET_CHARS} characters: a shorter value could not be kept out of results`,
  )
export const SecretValue = z.strictObject(
  { value: SecretText },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? UNSAID : undefined) },
)

export const SecretChange = z.strictObject(
  { description: writtenText(2_000) },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? UNSAID : undefined) },
)

/** A link behind which the secret can be set, once. It is told here and never again. */
export const SecretLinkMade = z.object({ url: z.url(), expires_at: z.iso.datetime() })
export type SecretLinkMade = z.infer<typeof SecretLinkMade>
