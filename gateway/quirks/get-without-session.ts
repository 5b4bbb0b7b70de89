import { SESSION_HEADER } from '../exchange.ts'
import { postOnly } from '../legacy/replies.ts'
import type { Quirk } from './quirk.ts'

/**
 * Claude and ChatGPT probe with a GET before they have a session. They read 405 with Allow as "no
 * stream here" and go on; a 400 ends the connection.
 */
export const getWithoutSession: Quirk = (exchange) => {
  const { method, headers } = exchange.request
  return method !== 'POST' && !headers.has(SESSION_HEADER) ? postOnly() : exchange
}
