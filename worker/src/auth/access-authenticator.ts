import type { JWTPayload } from 'jose'
import { z } from 'zod'
import type { AccessSettings } from './access-settings.ts'
import { unidentified, type Authenticator, type Identified } from './authenticator.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { readSignedClaims } from './signed-claims.ts'

/** Access puts the token of whoever it let through into this header. */
export const ACCESS_HEADER = 'cf-access-jwt-assertion'

/** `AUTH_MODE=access`: believes what Cloudflare Access, which stands before the Worker, has signed. */
export class AccessAuthenticator implements Authenticator {
  readonly scope = null
  readonly #access: AccessSettings
  readonly #keys: Pick<IssuerKeys, 'find'>

  constructor(access: AccessSettings, keys: Pick<IssuerKeys, 'find'>) {
    this.#access = access
    this.#keys = keys
  }

  /**
   * Verifies the Access application token. Only an application's token counts: Access signs others,
   * for its own use, with the same keys.
   */
  async identify({ headers }: Pick<Request, 'headers'>): Promise<Identified> {
    const token = headers.get(ACCESS_HEADER)
    if (token === null)
      return unidentified('unauthenticated', 'This needs a sign-in through Access.')
    const { issuer, audiences: audience } = this.#access
    const read = await readSignedClaims(token, { issuer, audience }, this.#keys)
    return read.ok ? principalOf(read.claims) : REFUSALS[read.why]
  }

  /** Access has its pages and endpoints before the Worker. */
  async serve(): Promise<null> {
    return null
  }
}

const REFUSALS = {
  expired: unidentified('token_expired', 'The token has expired. Sign in again.'),
  invalid: unidentified('token_invalid', 'The token is not valid here.'),
  unavailable: unidentified(
    'busy',
    'The keys to check sign-ins with could not be had. Try again shortly.',
  ),
}

/**
 * Exactly one of the three; a token that could be more than one is none (Access, application token).
 * Access itself comes without a person when it looks what a server offers.
 */
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
const NobodyClaims = z.object({
  type: z.literal('app'),
  sub: z.literal(''),
  email: z.never().optional(),
  common_name: z.never().optional(),
})

function principalOf(payload: JWTPayload): Identified {
  const user = UserClaims.safeParse(payload)
  if (user.success) {
    const { sub, email } = user.data
    return { ok: true, principal: { kind: 'user', sub, email } }
  }
  const service = ServiceClaims.safeParse(payload)
  if (service.success) {
    return { ok: true, principal: { kind: 'service', clientId: service.data.common_name } }
  }
  if (NobodyClaims.safeParse(payload).success) {
    return { ok: true, principal: { kind: 'anonymous' } }
  }
  return unidentified('token_invalid', 'The token names neither one person nor one service.')
}
