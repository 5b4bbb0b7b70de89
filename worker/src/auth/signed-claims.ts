import { errors, jwtVerify, type JWTPayload } from 'jose'
import { KeysUnavailable, type IssuerKeys } from './issuer-keys.ts'

const CLOCK_TOLERANCE_S = 30

/** Whom a token must come from, and for whom it must be. */
export interface Expected {
  issuer: string
  audience: string | string[]
}

export type SignedClaims =
  | { ok: true; claims: JWTPayload }
  /** `invalid`: not to be believed, with jose's code of why. `unavailable`: nothing is known about it. */
  | { ok: false; why: 'expired' | 'invalid'; code: string }
  | { ok: false; why: 'unavailable' }

/**
 * Reads a token that an identity provider signed (RFC 7519 §7.2): RS256 only; the issuer; the
 * audience; `exp` and `iat`, with 30 s of tolerance between clocks.
 */
export async function readSignedClaims(
  token: string,
  { issuer, audience }: Expected,
  keys: Pick<IssuerKeys, 'find'>,
): Promise<SignedClaims> {
  try {
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms: ['RS256'],
      issuer,
      audience,
      requiredClaims: ['exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_S,
    })
    return { ok: true, claims: payload }
  } catch (error) {
    if (error instanceof KeysUnavailable) return { ok: false, why: 'unavailable' }
    if (error instanceof errors.JWTExpired) return { ok: false, why: 'expired', code: error.code }
    if (error instanceof errors.JOSEError) return { ok: false, why: 'invalid', code: error.code }
    throw error
  }
}
