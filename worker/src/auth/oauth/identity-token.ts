import type { JWTPayload } from 'jose'
import { z } from 'zod'
import type { IssuerKeys } from '../issuer-keys.ts'
import type { OAuthSettings } from '../oauth-settings.ts'
import { readSignedClaims } from '../signed-claims.ts'
import { Identity } from './identity.ts'
import { denied, unreachable, type UpstreamFailure } from './upstream-failure.ts'

export type Identified = { ok: true; identity: Identity } | { ok: false; failure: UpstreamFailure }

type Issuer = Pick<OAuthSettings, 'issuer' | 'clientId' | 'emailVerified'>

/**
 * Verifies an ID token (OpenID Connect Core §3.1.3.7): what the issuer signed, with this
 * client as the only audience; the nonce of this very sign-in; an address, and that it is verified.
 * @param nonce null at a refresh, which needs none (§12.2)
 */
export async function readIdentityToken(
  token: string,
  nonce: string | null,
  issuer: Issuer,
  keys: Pick<IssuerKeys, 'find'>,
): Promise<Identified> {
  const expected = { issuer: issuer.issuer, audience: issuer.clientId }
  const read = await readSignedClaims(token, expected, keys)
  if (read.ok) return identityOf(read.claims, nonce, issuer)
  return failed(read.why === 'unavailable' ? unreachable('keys_unavailable') : denied(read.code))
}

function identityOf(payload: JWTPayload, nonce: string | null, issuer: Issuer): Identified {
  const us = z.literal(issuer.clientId)
  const claims = z
    .looseObject({
      iat: z.number(),
      aud: z.union([us, z.tuple([us])]),
      azp: us.optional(),
      nonce: nonce === null ? z.unknown().optional() : z.literal(nonce),
    })
    .safeParse(payload)
  if (!claims.success) return failed(denied(pathsOf(claims.error)))
  const { sub, email, email_verified: verified } = payload
  const isVerified =
    verified === true || (verified === undefined && issuer.emailVerified === 'when_stated')
  if (!isVerified) {
    const description = 'The sign-in service does not say that your e-mail address is verified.'
    return failed({ ...denied('email_verified'), description })
  }
  const identity = Identity.safeParse({ kind: 'user', sub, email })
  return identity.success
    ? { ok: true, identity: identity.data }
    : failed(denied(pathsOf(identity.error)))
}

function failed(failure: UpstreamFailure): Identified {
  return { ok: false, failure }
}

function pathsOf(error: z.ZodError): string {
  return error.issues.map(({ path }) => path.join('.')).join(', ')
}
