import { z } from 'zod'

/** What somebody does at the identity provider, and what it makes of that. */
export const Login = z.object({
  sub: z.string(),
  /** It sends them back with this error. */
  error: z.string().optional(),
  /** In the ID token instead of what would be there; null leaves one out. */
  claims: z.record(z.string(), z.unknown()).default({}),
  /** The same, for the ID tokens of refreshes. */
  claimsLater: z.record(z.string(), z.unknown()).default({}),
  /** Who signs the ID token, or seems to. */
  signature: z.enum(['issuer', 'nobody', 'client_secret', 'somebody_else']).default('issuer'),
  givesRefreshToken: z.boolean().default(true),
})
export type Login = z.output<typeof Login>

/** How the token endpoint treats somebody from now on. */
export const Mood = z.enum(['well', 'removed', 'failing', 'confused', 'silent'])
export type Mood = z.infer<typeof Mood>
