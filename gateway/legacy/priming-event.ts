import { isJSONRPCRequest, type JSONRPCMessage } from '@modelcontextprotocol/server'
import type { OpId } from '#contract/operation.ts'
import { readHandle, WAIT_TOOL, type Position } from '#contract/waiting.ts'
import { SESSION_HEADER } from '../exchange.ts'
import { eventIdOf } from './event-id.ts'

/** The first version whose clients know an event without data for what it is. */
const SINCE = '2025-11-25'

const encoder = new TextEncoder()

/**
 * The event that lets the client of a tool call come back for it before anything was said (MCP
 * 2025-11-25, basic/transports, sending messages); null where nobody could.
 */
export function primingEvent(
  headers: Headers,
  message: JSONRPCMessage,
  opId: OpId,
): Uint8Array | null {
  const version = headers.get('mcp-protocol-version') ?? ''
  if (!isPrimed(version) || !headers.has(SESSION_HEADER)) return null
  if (!isJSONRPCRequest(message) || message.method !== 'tools/call') return null
  const position = beginningOf(message.params, opId)
  return position && frame(eventIdOf(message, position))
}

/**
 * Begins a stream with the id that its client goes on after: libraries forget that of the stream
 * before, and a client that loses this one, too, would have nothing to come back after.
 */
export function primedAgain(stream: ReadableStream<Uint8Array>, eventId: string) {
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => controller.enqueue(frame(eventId)),
    }),
  )
}

/** True for a version whose clients know what an event without data is for. */
export function isPrimed(version: string): boolean {
  return version === SINCE
}

function frame(eventId: string): Uint8Array {
  return encoder.encode(`id: ${eventId}\ndata:\n\n`)
}

/** Where the client of a call begins to follow; null for a handle that we gave nobody. */
function beginningOf(params: Record<string, unknown> = {}, opId: OpId): Position | null {
  if (params['name'] !== WAIT_TOOL.name) return { opId, seq: 0 }
  const { arguments: args } = params as { arguments?: { handle?: unknown } }
  return readHandle(args?.handle)
}
