import type { ClientInfo, Era, LogLevel } from '#contract/operation.ts'
import type { Caller } from '../origin.ts'

/** Who asks, and as what kind of client. */
export interface Asker extends Caller {
  era: Era
  /** What the client said of itself in `initialize`; the modern era says it in each request. */
  client: ClientInfo | null
  /** Of a legacy session; the modern era says it in each request. */
  threshold: LogThreshold
  /** False for a client that reads nothing but the answer itself. */
  hearsNews: boolean
}

/** The least severe log message a legacy session wants; null as long as it named none. */
export interface LogThreshold {
  level: LogLevel | null
}
