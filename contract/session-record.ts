import type { LogLevel } from './operation.ts'

/** What a client settled for its MCP session (of revisions up to 2025-11-25). */
export interface SessionRecord {
  /** The client ended it: its id is good for nothing any more. */
  ended: boolean
  /** The least severe log message it wants; null as long as it named none. */
  level: LogLevel | null
  /** Addresses of resources whose changes it wants to hear of. */
  subscriptions: string[]
}

export const NOTHING_SETTLED: SessionRecord = { ended: false, level: null, subscriptions: [] }

export type SessionChange = (record: SessionRecord) => Partial<SessionRecord>

/** Keeps records for as long as the ids of their sessions are good. */
export interface SessionRecords {
  /** {@link NOTHING_SETTLED} where nothing was written. */
  read(sessionId: string): Promise<SessionRecord>
  /**
   * Takes the place of what was written before; an ended session stays ended.
   * @param until milliseconds since 1970; after that the id is refused by its age alone
   */
  write(sessionId: string, record: SessionRecord, until: number): Promise<void>
  /**
   * Writes what `to` makes of what is there, with no other change in between. What `to` throws is
   * thrown, and nothing is changed.
   */
  change(sessionId: string, to: SessionChange, until: number): Promise<void>
}
