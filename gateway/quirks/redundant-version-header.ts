import { isInitializeRequest, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server'
import { SESSION_HEADER } from '../exchange.ts'
import type { Quirk } from './quirk.ts'
import { versionInBody, versionInHeader, withVersionHeader } from './version-header.ts'

/**
 * openwork names revisions that nobody issued, and clients that fell back to `initialize` go on
 * naming 2026-07-28. The session id says what was settled, and `initialize` what is wanted, so a
 * header that says something else beside them is left out.
 */
export const redundantVersionHeader: Quirk = (exchange) => {
  const header = versionInHeader(exchange)
  if (header === null || versionInBody(exchange) !== undefined) return exchange
  const { request, message } = exchange
  const isSettled = request.headers.has(SESSION_HEADER) || isInitializeRequest(message)
  if (!isSettled || SUPPORTED_PROTOCOL_VERSIONS.includes(header)) return exchange
  return withVersionHeader(exchange, null)
}
