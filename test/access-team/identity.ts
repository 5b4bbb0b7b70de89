import { randomUUID } from 'node:crypto'
import type { JWTPayload } from 'jose'

/** Cloudflare itself, when it looks at an application without a person behind it. */
export const NOBODY = { nobody: true } as const

/** Who is signed in, as Cloudflare Access would say it. */
export type Identity = { email: string; sub: string } | { clientId: string } | typeof NOBODY

/** What an application token says of who is signed in (Cloudflare, "Application token"). */
export function claimsOf(identity: Identity): JWTPayload {
  if ('nobody' in identity) return { type: 'app', sub: '' }
  if ('clientId' in identity) return { type: 'app', sub: '', common_name: identity.clientId }
  const { sub, email } = identity
  return { type: 'app', sub, email, identity_nonce: randomUUID(), country: 'NL' }
}
