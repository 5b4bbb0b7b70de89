import { AuthorizationError, CimdFetchError } from '@cloudflare/workers-oauth-provider'
import { note } from '../../log.ts'
import { refusalPage } from './refusal-page.ts'

/**
 * How an expected failure of the library is told: to the client, where its redirect URI is known to
 * be its own; else to the person alone. Throws what is not expected.
 */
export function refusalOf(error: unknown): Response {
  if (error instanceof AuthorizationError) {
    note('authorization_refused', { code: error.code, reason: error.description })
    return error.redirectTo === undefined
      ? refusalPage(error.code, `${error.description}.`)
      : redirect(error.redirectTo)
  }
  if (error instanceof CimdFetchError) {
    note('authorization_refused', { code: 'invalid_request', reason: error.detail.slice(0, 200) })
    return refusalPage('invalid_request', 'What this app says of itself could not be read.')
  }
  throw error
}

export function redirect(location: string, headers = new Headers()): Response {
  const sent = new Headers(headers)
  sent.set('location', location)
  return new Response(null, { status: 302, headers: sent })
}
