import { isJSONRPCRequest, type JSONRPCMessage } from '@modelcontextprotocol/server'
import { principalKey } from '#contract/principal.ts'
import type { Caller } from '#gateway/origin.ts'

/** Flat facts about one event. Nothing that a client keeps secret: no header, no query, no body. */
export type Facts = Record<string, string | number | boolean | null>

/** Writes one JSON line to the Worker's log, for `wrangler tail` and Workers Logs. */
function write(level: 'info' | 'error', event: string, facts: Facts): void {
  const line = JSON.stringify({ level, event, ...facts })
  // oxlint-disable-next-line no-console -- the console is the only log that a Worker has
  if (level === 'error') console.error(line)
  // oxlint-disable-next-line no-console -- the same
  else console.log(line)
}

/** Writes an event to the log. Its `request_id` is the same here, at the origin and in executions. */
export function note(event: string, facts: Facts): void {
  write('info', event, facts)
}

/** Writes an unexpected failure to the log. */
export function reportFault(fault: unknown): void {
  const { name, message, stack, cause } = fault instanceof Error ? fault : new Error(String(fault))
  write('error', 'fault', {
    name,
    message,
    stack: stack ?? null,
    cause:
      cause === undefined
        ? null
        : cause instanceof Error
          ? `${cause.name}: ${cause.message}`
          : typeof cause,
  })
}

/** Says in the log what was asked, and for whom. */
export function noteMessage(message: JSONRPCMessage, { principal, requestId }: Caller): void {
  const name = 'params' in message ? message.params?.['name'] : undefined
  note('message', {
    request_id: requestId,
    principal: principalKey(principal),
    rpc: 'method' in message ? message.method.slice(0, 100) : 'response',
    rpc_id: isJSONRPCRequest(message) ? String(message.id).slice(0, 100) : null,
    name: typeof name === 'string' ? name.slice(0, 200) : null,
  })
}
