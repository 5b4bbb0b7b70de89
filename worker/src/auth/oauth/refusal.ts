import { AuthorizationError, CimdFetchError } from '@cloudflare/workers-oauth-provider'
import { note } from '../../log.ts'
import { isKnownRecipient } from './redirect-policy.ts'
import { refusalPage } from './refusal-page.ts'

/**
 * How an expected failure of the library is told: to the client, where its redirect URI is one of
 * its own and nobody is surprised to be sent there; else to the person. Throws what is not expected.
 */
export function refusalOf(error: unknown): Response {
  if (error instanceof AuthorizationError) {
    const { code, description, redirectTo } = error
    note('authorization_refused', { code, reason: description })
    return redirectTo === undefined
      ? refusalPage(code, `${description}.`)
      : refusalTo(redirectTo, code, description)
  }
  if (error instanceof CimdFetchError) {
    note('authorization_refused', { code: 'invalid_request', reason: error.detail.slice(0, 200) })
    return refusalPage('invalid_request', 'What this app says of itself could not be read.')
  }
  throw error
}

/**
 * Tells a client of a refusal before its person was asked.
 * @param location its redirect URI, with the error
 */
export function refusalTo(location: string, code: string, description: string): Response {
  return isKnownRecipient(location)
    ? redirect(location)
    : refusalPage(code, `${description}.`, { onward: location })
}

export function redirect(location: string, headers = new Headers()): Response {
  const sent = new Headers(headers)
  sent.set('location', location)
  return new Response(null, { status: 302, headers: sent })
}
