import type { Exchange } from '../exchange.ts'
import type { SessionClaims } from './session-id.ts'

/**
 * Where the live state of legacy sessions is. The id was verified, and belongs to the exchange's
 * principal, before this is called.
 */
export interface SessionHost {
  /**
   * Brings one exchange to the one LegacySession of that id, and its answer back. A GET that only
   * listens is no such exchange: its stream is the front's own.
   */
  forward(claims: SessionClaims, exchange: Exchange): Promise<Response>
  /**
   * Begins to listen for a session, in the place of whatever listened before. Null when the session
   * has ended.
   *
   * @param end ends the stream. A host that keeps its sessions in memory calls it as soon as the
   *   session ends or another stream takes the place; one whose sessions sleep never does, so that
   *   a stream asks, too ({@link Listening.followed})
   */
  listen(claims: SessionClaims, end: () => void): Promise<Listening | null>
}

/** A stream's place in its session. Holding it keeps no session awake. */
export interface Listening {
  /**
   * Addresses of the resources that the session follows now. Null when this stream has nothing more
   * to tell: its session has ended or expired, or a newer stream has taken its place.
   */
  followed(): Promise<string[] | null>
}
