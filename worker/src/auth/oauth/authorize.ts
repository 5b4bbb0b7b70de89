import {
  authorizationErrorRedirect,
  type AuthRequest,
  type OAuthHelpers,
} from '@cloudflare/workers-oauth-provider'
import { note } from '../../log.ts'
import { consentPage } from './consent-page.ts'
import { onwardPage } from './onward-page.ts'
import { recipientOf } from './redirect-policy.ts'
import { redirect, refusalOf } from './refusal.ts'
import { refusalPage } from './refusal-page.ts'
import { grantable } from './scope.ts'
import { newSignInAttempt } from './sign-in-attempt.ts'
import type { Upstream } from './upstream.ts'

/** An S256 challenge: SHA-256 in base64url (RFC 7636 §4.2). */
const CHALLENGE = /^[\w-]{43}$/

/** What the consent page's form sends. */
const FORM = /^application\/x-www-form-urlencoded *(;|$)/i

/** GET asks the person, each time anew; POST is their answer. */
export async function authorize(
  request: Request,
  oauth: OAuthHelpers,
  upstream: Upstream,
): Promise<Response> {
  try {
    if (request.method === 'GET') return await ask(request, oauth, upstream)
    if (request.method === 'POST') return await answer(request, oauth, upstream)
  } catch (error) {
    return refusalOf(error)
  }
  return new Response(null, { status: 405, headers: { allow: 'GET, POST' } })
}

/** Before the library sends an error there, the redirect URI must be one that any client may use. */
async function ask(request: Request, oauth: OAuthHelpers, upstream: Upstream): Promise<Response> {
  const recipient = recipientOf(new URL(request.url).searchParams.get('redirect_uri') ?? '')
  if (recipient === null) {
    note('authorization_refused', { code: 'invalid_request', reason: 'redirect_uri' })
    return refusalPage('invalid_request', 'This app asks to be answered where no app may be.')
  }
  const asked = await oauth.parseAuthRequest(request)
  const scope = grantable(asked.scope)
  if (scope === null) return refuse(asked, 'invalid_scope', 'None of these scopes is known here')
  if (!CHALLENGE.test(asked.codeChallenge ?? ''))
    return refuse(asked, 'invalid_request', 'PKCE with an S256 code_challenge is required')
  const client = await oauth.describeConsent(asked)
  const { handle, headers } = await oauth.beginConsent({ ...asked, scope })
  const signInHost = upstream.host
  return consentPage({ client, recipient, handle, signInHost }, headers)
}

/** What was asked is read from where the library kept it; the form only says which, and the answer. */
async function answer(
  request: Request,
  oauth: OAuthHelpers,
  upstream: Upstream,
): Promise<Response> {
  if (!FORM.test(request.headers.get('content-type') ?? ''))
    return refusalPage('invalid_request', 'This is no answer to the question.')
  const form = await request.formData()
  const given = form.get('handle')
  const handle = typeof given === 'string' ? given : ''
  const decision = form.get('decision')
  if (decision === 'deny') {
    const { redirectTo, headers } = await oauth.denyConsent(request, handle)
    return onwardPage(redirectTo, headers)
  }
  if (decision !== 'approve')
    return refusalPage('invalid_request', 'This is no answer to the question.')
  const approved = await oauth.approveConsent(request, handle)
  const data = newSignInAttempt()
  const begun = await oauth.beginUpstream(approved.request, { data, headers: approved.headers })
  return onwardPage(await upstream.signInUrl(begun.state, data), begun.headers)
}

function refuse(
  asked: AuthRequest,
  code: 'invalid_scope' | 'invalid_request',
  description: string,
): Response {
  note('authorization_refused', { code, reason: description })
  return redirect(authorizationErrorRedirect(asked, code, description))
}
