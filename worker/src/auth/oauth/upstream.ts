import type { IssuerKeys } from '../issuer-keys.ts'
import type { OAuthSettings } from '../oauth-settings.ts'
import type { Identity } from './identity.ts'
import { readIdentityToken } from './identity-token.ts'
import { challengeOf, type SignInAttempt } from './sign-in-attempt.ts'
import { postGrant } from './token-endpoint.ts'
import { unusable, type UpstreamFailure } from './upstream-failure.ts'

/** How long the identity provider may take to answer. */
const ANSWER_MS = 10_000

/** Who signed in, and what shows later that they still may; null when it gave no such thing. */
export type SignIn =
  | { ok: true; identity: Identity; refreshToken: string | null }
  | { ok: false; failure: UpstreamFailure }

/** Whether somebody still may sign in; `hasEnded` when the provider says that they may not. */
export type Renewal =
  | { ok: true; identity: Identity; refreshToken: string }
  | { ok: false; hasEnded: boolean; failure: UpstreamFailure }

/** The OpenID provider at which people sign in, of which this Worker is a confidential client. */
export class Upstream {
  readonly #settings: OAuthSettings
  readonly #keys: Pick<IssuerKeys, 'find'>
  readonly #callback: string
  readonly #answerMs: number

  /** @param callback where people come back to, as the provider knows it */
  constructor(
    settings: OAuthSettings,
    keys: Pick<IssuerKeys, 'find'>,
    callback: string,
    answerMs = ANSWER_MS,
  ) {
    this.#settings = settings
    this.#keys = keys
    this.#callback = callback
    this.#answerMs = answerMs
  }

  get issuer(): string {
    return this.#settings.issuer
  }

  /** Whom people see themselves sent to. */
  get host(): string {
    return this.#settings.authorizationUrl.host
  }

  /** Where somebody signs in (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3). */
  async signInUrl(state: string, attempt: SignInAttempt): Promise<string> {
    const url = new URL(this.#settings.authorizationUrl)
    const asked = {
      response_type: 'code',
      client_id: this.#settings.clientId,
      redirect_uri: this.#callback,
      scope: this.#settings.scopes.join(' '),
      state,
      nonce: attempt.nonce,
      code_challenge: await challengeOf(attempt),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
    return url.href
  }

  /** Exchanges the code of somebody who came back (OpenID Connect Core §3.1.3). */
  async signIn(code: string, attempt: SignInAttempt): Promise<SignIn> {
    const grant = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.#callback,
      code_verifier: attempt.verifier,
    }
    const answer = await postGrant(grant, this.#settings, this.#answerMs)
    if (!answer.ok) return answer
    const { id_token: idToken, refresh_token: refreshToken = null } = answer.tokens
    if (idToken === undefined) return { ok: false, failure: unusable('no_id_token') }
    const { nonce } = attempt
    const identified = await readIdentityToken(idToken, nonce, this.#settings, this.#keys)
    return identified.ok ? { ...identified, refreshToken } : identified
  }

  /**
   * Asks whether somebody still may sign in (OpenID Connect Core §12). Only `invalid_grant` says
   * that they may not: any other failure renews nothing, and ends nothing. A new ID token may bring
   * a new address, never another person.
   */
  async renew(refreshToken: string, identity: Identity): Promise<Renewal> {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const answer = await postGrant(grant, this.#settings, this.#answerMs)
    if (!answer.ok) return { ok: false, hasEnded: answer.isInvalidGrant, failure: answer.failure }
    const { id_token: idToken, refresh_token: next = refreshToken } = answer.tokens
    if (idToken === undefined) return { ok: true, identity, refreshToken: next }
    const identified = await readIdentityToken(idToken, null, this.#settings, this.#keys)
    if (!identified.ok) {
      // The provider has said yes, and used up the old token: only the new address must wait.
      const { failure } = identified
      if (failure.code === 'temporarily_unavailable')
        return { ok: true, identity, refreshToken: next }
      return { ok: false, hasEnded: false, failure }
    }
    if (identified.identity.sub !== identity.sub)
      return { ok: false, hasEnded: false, failure: unusable('another_sub') }
    return { ok: true, identity: identified.identity, refreshToken: next }
  }
}
