import {
  GrantType,
  OAuthError,
  type TokenExchangeCallbackOptions,
  type TokenExchangeCallbackResult,
} from '@cloudflare/workers-oauth-provider'
import { note, reportFault } from '../../log.ts'
import type { GrantStorage } from './grant-storage.ts'
import { GrantProps, type TokenProps } from './identity.ts'
import { RenewalTurn, type UpstreamRenewals } from './renewal-turn.ts'
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
  readonly #upstream: Pick<Upstream, 'renew'>
  readonly #renewals: UpstreamRenewals

  constructor(upstream: Pick<Upstream, 'renew'>, renewals: UpstreamRenewals) {
    this.#upstream = upstream
    this.#renewals = renewals
  }

  /**
   * No token without the scope. At a refresh the identity provider is asked first: when it says that
   * the person may not sign in any more, the grant ends with all its tokens; when it cannot be
   * asked, nothing is issued and nothing ends; no more does it while the same token is renewed for
   * another request, or was lately: the client's token is still good then, as the one before. What an access token carries is the person alone.
   */
  readonly apply = async (
    asked: TokenExchangeCallbackOptions<GrantStorage>,
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
    const newProps = await this.#renew(props, token, asked.env)
    return { newProps, accessTokenProps: bare(newProps), refreshTokenIdleTTL: WATCHED_S }
  }

  async #renew(props: GrantProps, token: string, { saving }: GrantStorage): Promise<GrantProps> {
    const turn = await RenewalTurn.begin(this.#renewals, token)
    if (!(turn instanceof RenewalTurn)) {
      note('oauth_renewal_waits', { reason: turn })
      throw tryAgain('This sign-in is being renewed. Try again shortly.')
    }
    saving?.began(turn)
    return turn.kept ?? this.#ask(props, token, turn)
  }

  async #ask({ identity }: GrantProps, token: string, turn: RenewalTurn): Promise<GrantProps> {
    const renewal = await this.#upstream.renew(token, identity)
    if (renewal.ok) {
      const props = { identity: renewal.identity, upstreamRefreshToken: renewal.refreshToken }
      // A token that stays as it is may be used again at once.
      if (props.upstreamRefreshToken === token) await turn.leave()
      else await turn.keep(props)
      return props
    }
    const { failure } = renewal
    const wasAlone = await turn.leave()
    const hasEnded = renewal.hasEnded && wasAlone
    note('oauth_renewal_failed', { reason: failure.reason, has_ended: hasEnded })
    if (failure.code === 'server_error') reportFault(new Error(failure.reason))
    if (hasEnded)
      throw new OAuthError('invalid_grant', {
        description: 'The sign-in has ended. Sign in again.',
      })
    throw tryAgain(failure.description)
  }
}

function tryAgain(description: string): OAuthError {
  const headers = { 'retry-after': '10' }
  return new OAuthError('temporarily_unavailable', { description, statusCode: 503, headers })
}

function bare({ identity }: GrantProps): TokenProps {
  return { identity }
}
