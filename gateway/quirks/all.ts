import type { Exchange } from '../exchange.ts'
import { bareDiscover } from './bare-discover.ts'
import { doubledVersionHeader } from './doubled-version-header.ts'
import { getWithoutSession } from './get-without-session.ts'
import { outdatedVersionHeader } from './outdated-version-header.ts'
import type { Quirk } from './quirk.ts'
import { redundantVersionHeader } from './redundant-version-header.ts'

/** In the order in which they look at an exchange. */
const QUIRKS: readonly Quirk[] = [
  getWithoutSession,
  bareDiscover,
  doubledVersionHeader,
  outdatedVersionHeader,
  redundantVersionHeader,
]

/** Applies every rule, until one of them answers. */
export function applyQuirks(exchange: Exchange): Exchange | Response {
  let seen = exchange
  for (const quirk of QUIRKS) {
    const next = quirk(seen)
    if (next instanceof Response) return next
    seen = next
  }
  return seen
}
