import type { Exchange } from '../exchange.ts'
import type { SessionClaims } from './session-id.ts'

/**
 * Where the live state of legacy sessions is. The id was verified, and belongs to the exchange's
 * principal, before this is called.
 */
export interface SessionHost {
  /** Brings one exchange to the one LegacySession of that id, and its answer back. */
  forward(claims: SessionClaims, exchange: Exchange): Promise<Response>
}
