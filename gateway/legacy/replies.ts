import type { RequestId } from '@modelcontextprotocol/server'
import { rpcError } from '../wire/rpc-error.ts'

/** The answer to a notification or a response (basic/transports, sending messages). */
export function accepted(): Response {
  return new Response(null, { status: 202 })
}

/** The one answer to ids that are ended, expired, forged or somebody else's: it tells none apart. */
export function sessionUnknown(id: RequestId | null): Response {
  const message = 'This session has ended or is not known here. Initialize a new one.'
  return rpcError({ code: 'session_unknown', message }, { id })
}

/** The answer to a GET or DELETE that names no session: nothing but POST is offered then. */
export function postOnly(): Response {
  const message = 'Without a session only POST is served here.'
  return rpcError({ code: 'method_not_allowed', message }, { headers: { allow: 'POST' } })
}
