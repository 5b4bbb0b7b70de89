import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import type { OpId } from '#contract/operation.ts'
import type { Caller } from './origin.ts'

/** One HTTP request of a known principal, its body read, parsed and found to be one message. */
export interface Exchange extends Caller {
  /** Method, URL, headers and signal. The body is spent. */
  readonly request: Request
  /** What was posted; null for any other HTTP method. */
  readonly message: JSONRPCMessage | null
  /**
   * Of the operation that this begins, if it begins one: the same one, however often the exchange
   * is brought to where it is served.
   */
  readonly opId: OpId
}

export const SESSION_HEADER = 'mcp-session-id'

/** The id that an answer to this message names: a request's own, else none. */
export function replyId(message: JSONRPCMessage | null): string | number | null {
  if (message === null || !('method' in message) || !('id' in message)) return null
  return message.id ?? null
}
