import { isJSONRPCRequest, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server'
import { replyId } from '../exchange.ts'
import { rpcError } from '../wire/rpc-error.ts'
import type { Quirk } from './quirk.ts'

/**
 * Clients that try both eras send `server/discover` without the `_meta` that makes it a request of
 * the modern one. They fall back to `initialize` on this answer; one that speaks of sessions
 * makes them give up.
 */
export const bareDiscover: Quirk = (exchange) => {
  const { message } = exchange
  if (!isJSONRPCRequest(message) || message.method !== 'server/discover') return exchange
  if (message.params?._meta?.[PROTOCOL_VERSION_META_KEY] !== undefined) return exchange
  const why = `server/discover needs params._meta["${PROTOCOL_VERSION_META_KEY}"]`
  const problem = { code: 'invalid_request', message: why } as const
  return rpcError(problem, { id: replyId(message), rpc: -32602 })
}
