import {
  GrantType,
  OAuthError,
  type TokenExchangeCallbackOptions,
  type TokenExchangeCallbackResult,
} from '@cloudflare/workers-oauth-provider'
import { note, reportFault } from '../../log.ts'
import { GrantProps, type TokenProps } from './identity.ts'
import type { RenewedLately } from './renewed-lately.ts'
import { SCOPE } from './scope.ts'
import type { Upstream } from './upstream.ts'

const DAY_S = 86_400

/**
 * How long a grant lives while its client stays away. Each refresh asks the identity provider, which
 * bounds it as it likes, so that a client that is in use never has to bother a person.
 */
const WATCHED_S = 30 * DAY_S

/**
 * How long a grant lives whose person cannot be asked about any more, because the identity provider
 * gave no refresh token: as long as a session of Access itself unless told otherwise. Its end does
 * not move. This is also how late a removal of the person may take effect.
 */
const UNWATCHED_S = DAY_S

/** What is decided whenever tokens are issued. */
export class TokenPolicy {
  readonly #upstream: Upstream
  readonly #renewed: RenewedLately

  constructor(upstream: Upstream, renewed: RenewedLately) {
    this.#upstream = upstream
    this.#renewed = renewed
  }

  /**
   * No token without the scope. At a refresh the identity provider is asked first: when it says that
   * the person may not sign in any more, the grant ends with all its tokens; when it cannot be
   * asked, nothing is issued and nothing ends. What an access token carries is the person alone.
   */
  readonly apply = async (
    asked: TokenExchangeCallbackOptions<unknown>,
  ): Promise<TokenExchangeCallbackResult> => {
    if (!asked.requestedScope.includes(SCOPE))
      throw new OAuthError('invalid_scope', { description: `Nothing works without ${SCOPE}.` })
    const props = GrantProps.parse(asked.props)
    const token = props.upstreamRefreshToken
    if (asked.grantType === GrantType.AUTHORIZATION_CODE) {
      const refreshTokenTTL = token === undefined ? UNWATCHED_S : WATCHED_S
      return { accessTokenProps: bare(props), refreshTokenTTL }
    }
    if (token === undefined) return { accessTokenProps: bare(props) }
    const newProps = await this.#renew(props, token)
    return { newProps, accessTokenProps: bare(newProps), refreshTokenIdleTTL: WATCHED_S }
  }

  async #renew({ identity }: GrantProps, token: string): Promise<GrantProps> {
    const renewal = await this.#upstream.renew(token, identity)
    if (renewal.ok) {
      await this.#renewed.note(token)
      return { identity: renewal.identity, upstreamRefreshToken: renewal.refreshToken }
    }
    const { failure } = renewal
    const hasEnded = renewal.hasEnded && !(await this.#renewed.has(token))
    note('oauth_renewal_failed', { reason: failure.reason, has_ended: hasEnded })
    if (failure.code === 'server_error') reportFault(new Error(failure.reason))
    if (hasEnded)
      throw new OAuthError('invalid_grant', {
        description: 'The sign-in has ended. Sign in again.',
      })
    const { description } = failure
    const headers = { 'retry-after': '10' }
    throw new OAuthError('temporarily_unavailable', { description, statusCode: 503, headers })
  }
}

function bare({ identity }: GrantProps): TokenProps {
  return { identity }
}
