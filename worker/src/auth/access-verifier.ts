import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { z } from 'zod'
import type { RemotePrincipal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import type { Config } from '../config.ts'

/** Access puts the token of whoever it let through into this header. */
export const ACCESS_HEADER = 'cf-access-jwt-assertion'

const JWKS_LIFETIME_MS = 300_000
const CLOCK_TOLERANCE_S = 30

export type Verified = { ok: true; principal: RemotePrincipal } | { ok: false; problem: Problem }

/** Says who a request comes from. One per isolate: it keeps the issuer's keys. */
export class AccessVerifier {
  readonly #access: Config['access']
  readonly #keys: ReturnType<typeof createRemoteJWKSet>

  constructor(access: Config['access']) {
    this.#access = access
    this.#keys = createRemoteJWKSet(access.jwksUrl, { cacheMaxAge: JWKS_LIFETIME_MS })
  }

  /**
   * Verifies the Access application token (RS256 only; issuer, audience, exp and iat; RFC 7519
   * §7.2). Only an application's token counts: Access signs others, for its own use, with the
   * same keys.
   */
  async verify(headers: Headers): Promise<Verified> {
    const token = headers.get(ACCESS_HEADER)
    if (token === null) return refuse('unauthenticated', 'This needs a sign-in through Access.')
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ['RS256'],
        issuer: this.#access.issuer,
        audience: this.#access.audiences,
        requiredClaims: ['exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_S,
      })
      return principalOf(payload)
    } catch (error) {
      return refusalOf(error)
    }
  }
}

/** Exactly one of the two; a token that could be both, or neither, is none (Access, application token). */
const UserClaims = z.object({
  type: z.literal('app'),
  sub: z.string().min(1).max(255),
  email: z.email().max(254),
  common_name: z.never().optional(),
})
const ServiceClaims = z.object({
  type: z.literal('app'),
  sub: z.literal(''),
  email: z.never().optional(),
  common_name: z.string().min(1).max(255),
})

function principalOf(payload: JWTPayload): Verified {
  const user = UserClaims.safeParse(payload)
  if (user.success) {
    const { sub, email } = user.data
    return { ok: true, principal: { kind: 'user', sub, email } }
  }
  const service = ServiceClaims.safeParse(payload)
  if (service.success) {
    return { ok: true, principal: { kind: 'service', clientId: service.data.common_name } }
  }
  return refuse('token_invalid', 'The token names neither one person nor one service.')
}

function refusalOf(error: unknown): Verified {
  if (error instanceof errors.JWTExpired) {
    return refuse('token_expired', 'The token has expired. Sign in again.')
  }
  if (isAboutTheToken(error)) return refuse('token_invalid', 'The token is not valid here.')
  return refuse('busy', 'The keys to check sign-ins with could not be fetched. Try again shortly.')
}

/** Everything else that jose throws is about fetching the keys. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
}

function refuse(code: Problem['code'], message: string): Verified {
  return { ok: false, problem: { code, message } }
}
