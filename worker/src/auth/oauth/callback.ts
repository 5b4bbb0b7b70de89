import { authorizationErrorRedirect, type OAuthHelpers } from '@cloudflare/workers-oauth-provider'
import { principalKey } from '#contract/principal.ts'
import { note, reportFault } from '../../log.ts'
import { userIdOf, type GrantProps } from './identity.ts'
import { redirect, refusalOf } from './refusal.ts'
import { SignInAttempt } from './sign-in-attempt.ts'
import type { SignIn, Upstream } from './upstream.ts'
import { denied } from './upstream-failure.ts'

/**
 * Somebody comes back from the identity provider, in the browser that was sent there, once. Whatever
 * it says, the client hears the outcome.
 */
export async function callback(
  request: Request,
  oauth: OAuthHelpers,
  upstream: Upstream,
): Promise<Response> {
  if (request.method !== 'GET')
    return new Response(null, { status: 405, headers: { allow: 'GET' } })
  try {
    const { request: asked, data, headers } = await oauth.finishUpstream(request)
    const { searchParams } = new URL(request.url)
    const signIn = await outcome(searchParams, SignInAttempt.parse(data), upstream)
    if (!signIn.ok) {
      const { code, description, reason } = signIn.failure
      note('sign_in_failed', { code, reason })
      if (code === 'server_error') reportFault(new Error(`Signing in upstream failed: ${reason}`))
      return redirect(authorizationErrorRedirect(asked, code, description), headers)
    }
    const { identity, refreshToken } = signIn
    const props: GrantProps =
      refreshToken === null ? { identity } : { identity, upstreamRefreshToken: refreshToken }
    const { redirectTo } = await oauth.completeAuthorization({
      request: asked,
      userId: await userIdOf(identity),
      metadata: null,
      scope: asked.scope,
      props,
      // All installations of an app may share one client id: they must not sign each other out.
      revokeExistingGrants: false,
    })
    note('signed_in', { principal: principalKey(identity), client: asked.clientId.slice(0, 200) })
    return redirect(redirectTo, headers)
  } catch (error) {
    return refusalOf(error)
  }
}

/** What the provider sent the person back with (RFC 6749 §4.1.2, RFC 9207 §2.4). */
async function outcome(
  answer: URLSearchParams,
  attempt: SignInAttempt,
  upstream: Upstream,
): Promise<SignIn> {
  const issuer = answer.get('iss')
  if (issuer !== null && issuer !== upstream.issuer) return { ok: false, failure: denied('iss') }
  const error = answer.get('error')
  if (error !== null) {
    const description = 'The sign-in service did not let you in.'
    return { ok: false, failure: { ...denied(`upstream ${error.slice(0, 100)}`), description } }
  }
  const code = answer.get('code')
  return code === null ? { ok: false, failure: denied('no_code') } : upstream.signIn(code, attempt)
}
