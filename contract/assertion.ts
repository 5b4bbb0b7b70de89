import { z } from 'zod'
import { RemotePrincipal } from './principal.ts'

/** Headers of every request from the Worker to the tunnel door. */
export const SERVICE_TOKEN_HEADER = 'x-mcpbox-service-token'
export const ASSERTION_HEADER = 'x-mcpbox-assertion'
export const REQUEST_ID_HEADER = 'x-request-id'

export const ASSERTION_ISSUER = 'mcpbox-worker'
export const ASSERTION_AUDIENCE = 'mcpbox-origin'
export const ASSERTION_ALGORITHM = 'HS256'

/**
 * Claims of the Worker's statement about one request: this principal, this method, this path and
 * query, this body. A JWT (RFC 7519) signed with a key that never travels; the service token does,
 * so knowing one is not knowing both. `jti` is good for one use.
 */
export const AssertionClaims = z.object({
  iss: z.literal(ASSERTION_ISSUER),
  aud: z.literal(ASSERTION_AUDIENCE),
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.uuid(),
  principal: RemotePrincipal,
  /** HTTP method, upper case. */
  mth: z.string(),
  /** Path and query exactly as sent. */
  pth: z.string(),
  /** base64url of SHA-256 over the body's bytes; of zero bytes when there is no body. */
  bdg: z.string(),
})
export type AssertionClaims = z.infer<typeof AssertionClaims>
