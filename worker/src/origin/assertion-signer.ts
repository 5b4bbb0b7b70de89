import { SignJWT } from 'jose'
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  type AssertionClaims,
} from '#contract/assertion.ts'
import { ASSERTION_LIFETIME_S } from '#contract/limits.ts'
import { principalKey, type RemotePrincipal } from '#contract/principal.ts'
import { sha256 } from '#gateway/wire/sha256.ts'

/** The request that a statement is about. */
export interface AssertedRequest {
  method: string
  /** Path and query as they are sent. */
  path: string
  /** Empty when there is none. */
  body: string
}

/** Signs the Worker's statement about one request to the origin; see contract/assertion.ts. */
export class AssertionSigner {
  readonly #secret: string
  #key: CryptoKey | null = null

  constructor(secret: string) {
    this.#secret = secret
  }

  /** A statement for one use, within the next {@link ASSERTION_LIFETIME_S} seconds. */
  async sign(principal: RemotePrincipal, request: AssertedRequest): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const claims: AssertionClaims = {
      iss: ASSERTION_ISSUER,
      aud: ASSERTION_AUDIENCE,
      sub: principalKey(principal),
      iat: now,
      exp: now + ASSERTION_LIFETIME_S,
      jti: crypto.randomUUID(),
      principal,
      mth: request.method,
      pth: request.path,
      bdg: await sha256(request.body),
    }
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ASSERTION_ALGORITHM })
      .sign(await this.#hmacKey())
  }

  /** Kept as a key, not as a promise: in workerd a promise belongs to the request that made it. */
  async #hmacKey(): Promise<CryptoKey> {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const bytes = new TextEncoder().encode(this.#secret)
    this.#key ??= await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign'])
    return this.#key
  }
}
