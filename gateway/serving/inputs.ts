import type { ClientCapabilities, InputRequiredResult } from '@modelcontextprotocol/server'
import type { Ask, AskReplies } from '#contract/asks.ts'
import type { OpId } from '#contract/operation.ts'

/** Questions of a running operation, as the event that asked put them. */
export interface Standing {
  opId: OpId
  /** Of that event; replies name it, and following goes on after it. */
  seq: number
  asks: Ask[]
}

/** An operation that waited for its client, and what the client now says. */
export interface Suspended {
  opId: OpId
  /** The event after which following goes on. */
  seq: number
  replies: AskReplies['replies']
}

/** What comes of questions: replies, and a result when the client is to come back with others. */
export interface Put {
  replies: AskReplies['replies']
  result?: InputRequiredResult
}

/** How questions of a running operation reach its client, which is a matter of the era. */
export interface Inputs {
  /** What an earlier exchange of this operation left; null for a new operation. */
  suspended(): Promise<Suspended | { result: InputRequiredResult } | null>
  /**
   * Puts questions to the client. Those that it cannot be asked are answered by that. Takes them
   * back, and rejects, when the signal aborts.
   */
  put(standing: Standing, signal: AbortSignal): Promise<Put>
  /** What a client would have had to declare, by what was put; null when it lacked nothing. */
  missing(): ClientCapabilities | null
}
