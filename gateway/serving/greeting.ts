import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server'
import type { Problem } from '#contract/problem.ts'

const GREETINGS = new Set(['initialize', 'server/discover', 'ping'])

export const SIGN_IN_NEEDED: Problem = {
  code: 'sign_in_needed',
  message: 'This needs a person or a service that is known; sign in.',
}

/**
 * What anybody may ask who was let in but is nobody in particular, as Cloudflare's own look at a
 * server is: who answers here, and nothing of what is offered.
 */
export function isGreeting(message: JSONRPCMessage | null): boolean {
  if (isJSONRPCNotification(message)) return true
  return isJSONRPCRequest(message) && GREETINGS.has(message.method)
}
