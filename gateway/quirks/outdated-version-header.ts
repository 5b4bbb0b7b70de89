import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server'
import type { Quirk } from './quirk.ts'
import { versionInBody, versionInHeader, withVersionHeader } from './version-header.ts'

const MODERN = '2026-07-28'

/**
 * Claude keeps the header of the revision that it spoke before, 2025-11-25, on requests that are of
 * 2026-07-28 in every other way. Only such a request has `_meta`, so the body is believed. Any
 * other disagreement is refused, as the revision asks (basic/transports, header mismatch).
 */
export const outdatedVersionHeader: Quirk = (exchange) => {
  const header = versionInHeader(exchange)
  if (header === null || versionInBody(exchange) !== MODERN) return exchange
  return SUPPORTED_PROTOCOL_VERSIONS.includes(header)
    ? withVersionHeader(exchange, MODERN)
    : exchange
}
