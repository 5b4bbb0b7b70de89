import { z } from 'zod'
import { RemotePrincipal } from '#contract/principal.ts'
import { sha256 } from '#gateway/wire/sha256.ts'

/** A person, as a verified ID token names them. */
export const Identity = RemotePrincipal.options[0]
export type Identity = z.infer<typeof Identity>

/** What is sealed into an access token. */
export const TokenProps = z.object({ identity: Identity })
export type TokenProps = z.infer<typeof TokenProps>

/** What is sealed into a grant, which outlives its access tokens. */
export const GrantProps = TokenProps.extend({
  /** Shows at each refresh that the identity provider still lets this person in. */
  upstreamRefreshToken: z.string().optional(),
})
export type GrantProps = z.infer<typeof GrantProps>

/**
 * Names a person in keys and at the beginning of tokens: 43 characters that say nothing about them
 * to whoever sees one (SHA-256, base64url).
 */
export function userIdOf({ sub }: Identity): Promise<string> {
  return sha256(sub)
}
