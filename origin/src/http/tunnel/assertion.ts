import { createHash } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  AssertionClaims,
} from '#contract/assertion.ts'
import { ASSERTION_LIFETIME_S } from '#contract/limits.ts'
import { principalKey, type RemotePrincipal } from '#contract/principal.ts'
import { refuse } from '../../domain/refusal.ts'

/** Clocks of the Worker and of a home server differ; more than this is refused. */
const CLOCK_TOLERANCE_S = 30

export interface AssertedRequest {
  assertion: string | undefined
  method: string
  /** Path and query as received. */
  path: string
  body: Uint8Array
}

/**
 * Decides who a request from the Worker speaks for: an assertion about exactly this request is
 * good for it, once.
 * @throws Refusal assertion_invalid, assertion_expired, assertion_replayed
 */
export async function assertedPrincipal(
  request: AssertedRequest,
  assertionKey: string,
  useOnce: (jti: string, expiresAt: Date) => Promise<boolean>,
): Promise<RemotePrincipal> {
  const claims = await verified(request.assertion ?? '', assertionKey)
  const digest = createHash('sha256').update(request.body).digest('base64url')
  if (
    claims.mth !== request.method ||
    claims.pth !== request.path ||
    claims.bdg !== digest ||
    claims.sub !== principalKey(claims.principal) ||
    claims.exp - claims.iat > ASSERTION_LIFETIME_S
  )
    refuse('assertion_invalid', 'The assertion is not about this request.')
  if (!(await useOnce(claims.jti, new Date((claims.exp + CLOCK_TOLERANCE_S) * 1000))))
    refuse('assertion_replayed', 'The assertion was used before.')
  return claims.principal
}

async function verified(assertion: string, key: string): Promise<AssertionClaims> {
  try {
    const { payload } = await jwtVerify(assertion, new TextEncoder().encode(key), {
      algorithms: [ASSERTION_ALGORITHM],
      issuer: ASSERTION_ISSUER,
      audience: ASSERTION_AUDIENCE,
      requiredClaims: ['exp', 'iat', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_S,
      maxTokenAge: ASSERTION_LIFETIME_S,
    })
    const claims = AssertionClaims.safeParse(payload)
    if (claims.success) return claims.data
  } catch (fault) {
    if (fault instanceof errors.JWTExpired)
      refuse('assertion_expired', 'The assertion is too old; check the clock of this machine.')
    if (!(fault instanceof errors.JOSEError)) throw fault
  }
  return refuse('assertion_invalid', 'The assertion was not made with this origin’s assertion key.')
}
