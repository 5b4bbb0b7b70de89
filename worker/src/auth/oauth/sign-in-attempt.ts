import { z } from 'zod'
import { toBase64Url } from '#gateway/wire/base64url.ts'
import { sha256 } from '#gateway/wire/sha256.ts'

/** The secrets of one visit to the identity provider. They never leave the Worker but as digests. */
export const SignInAttempt = z.object({
  /** Of PKCE: whoever steals the code cannot exchange it (RFC 7636). */
  verifier: z.string(),
  /** Comes back in the ID token, so that none of another visit is taken. */
  nonce: z.string(),
})
export type SignInAttempt = z.infer<typeof SignInAttempt>

export function newSignInAttempt(): SignInAttempt {
  return { verifier: random(), nonce: random() }
}

/** The S256 challenge (RFC 7636 §4.2). */
export function challengeOf({ verifier }: SignInAttempt): Promise<string> {
  return sha256(verifier)
}

function random(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
}
