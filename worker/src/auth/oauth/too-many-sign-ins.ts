import { note } from '../../log.ts'
import { refusalPage } from './refusal-page.ts'

const DESCRIPTION = 'Too many sign-ins have begun here'

/** Answers a client whose registration would be one too many (RFC 6585 §4). */
export function tooManySignIns(waitMs: number): Response {
  const body = { error: 'temporarily_unavailable', error_description: `${DESCRIPTION}.` }
  return Response.json(body, { status: 429, headers: told('registration', waitMs) })
}

/** The same to a person, before they are asked. */
export function tooManySignInsPage(waitMs: number): Response {
  const headers = told('consent', waitMs)
  const minutes = Math.ceil(waitMs / 60_000)
  const message = `${DESCRIPTION}. Try again in ${minutes} min; whoever is signed in stays so.`
  return refusalPage('temporarily_unavailable', message, { status: 429, headers })
}

function told(what: string, waitMs: number): Headers {
  const seconds = String(Math.ceil(waitMs / 1000))
  note('sign_ins_used_up', { what, retry_after: seconds })
  return new Headers({ 'retry-after': seconds })
}
