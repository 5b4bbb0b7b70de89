import { z } from 'zod'
import type { OAuthSettings } from '../oauth-settings.ts'
import { denied, unreachable, unusable, type UpstreamFailure } from './upstream-failure.ts'

const Tokens = z.object({
  id_token: z.string().optional(),
  refresh_token: z.string().min(1).optional(),
})
export type Tokens = z.infer<typeof Tokens>

/** RFC 6749 §5.2. */
const Refused = z.object({ error: z.string() })

/** What the token endpoint answered; `invalid_grant` where it said exactly that. */
export type Answer =
  | { ok: true; tokens: Tokens }
  | { ok: false; isInvalidGrant: boolean; failure: UpstreamFailure }

/**
 * Posts a grant to the identity provider's token endpoint, as its confidential client (RFC 6749
 * §2.3.1, in the body).
 * @param answerMs how long it may take, with its whole answer
 */
export async function postGrant(
  grant: Record<string, string>,
  to: Pick<OAuthSettings, 'tokenUrl' | 'clientId' | 'clientSecret'>,
  answerMs: number,
): Promise<Answer> {
  const form = { ...grant, client_id: to.clientId, client_secret: to.clientSecret }
  let response: Response
  let text: string
  try {
    response = await fetch(to.tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(answerMs),
      redirect: 'manual',
    })
    text = await response.text()
  } catch (error) {
    return failed(unreachable(error instanceof Error ? error.name : 'unknown'))
  }
  const { status } = response
  if (status >= 500 || status === 429) return failed(unreachable(`status_${status}`))
  if (!response.ok) return refused(status, text)
  const tokens = Tokens.safeParse(parsed(text))
  return tokens.success ? { ok: true, tokens: tokens.data } : failed(unusable('malformed'))
}

function refused(status: number, text: string): Answer {
  const body = Refused.safeParse(parsed(text))
  const error = body.success ? body.data.error : ''
  if (error === 'invalid_grant')
    return { ok: false, isInvalidGrant: true, failure: denied('invalid_grant') }
  return failed(unusable(`status_${status} ${error.slice(0, 100)}`))
}

function failed(failure: UpstreamFailure): Answer {
  return { ok: false, isInvalidGrant: false, failure }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
