import type { Quirk } from './quirk.ts'
import { versionInHeader, withVersionHeader } from './version-header.ts'

/**
 * openwork and proxies before Claude send `MCP-Protocol-Version` twice, which HTTP joins with a
 * comma (RFC 9110 §5.3). The same value twice is that value; different ones stay a contradiction.
 */
export const doubledVersionHeader: Quirk = (exchange) => {
  const values = versionInHeader(exchange)
    ?.split(',')
    .map((value) => value.trim())
  const [first, ...further] = values ?? []
  if (first === undefined || further.length === 0) return exchange
  return further.every((value) => value === first) ? withVersionHeader(exchange, first) : exchange
}
