import { createHash, randomBytes } from 'node:crypto'

/** What an authorization code was given for. */
export interface CodeGrant {
  sub: string
  clientId: string
  redirectUri: string
  /** S256 challenge (RFC 7636 §4.2); null when none was sent. */
  challenge: string | null
}

/** Authorization codes, each good for one exchange (RFC 6749 §4.1.2). */
export class CodeGrants<G extends CodeGrant> {
  readonly #codes = new Map<string, G>()

  issue(grant: G): string {
    const code = randomBytes(24).toString('base64url')
    this.#codes.set(code, grant)
    return code
  }

  /** Null unless everything is as when the code was given. A code that was shown is spent. */
  redeem(form: Record<string, string>, clientId: string): G | null {
    const { code = '', redirect_uri: redirectUri, code_verifier: verifier } = form
    const grant = this.#codes.get(code)
    this.#codes.delete(code)
    if (grant?.clientId !== clientId || grant.redirectUri !== redirectUri) return null
    const challenge = verifier === undefined ? null : s256(verifier)
    return grant.challenge === challenge ? grant : null
  }
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
