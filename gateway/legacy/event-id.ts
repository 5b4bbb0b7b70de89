import { z } from 'zod'
import type { OpId } from '#contract/operation.ts'
import { handleOf, readHandle, WAIT_TOOL, type Position } from '#contract/waiting.ts'
import type { JSONRPCRequest } from '@modelcontextprotocol/server'
import { fromBase64Url, toBase64Url } from '../wire/base64url.ts'

const Id = z.union([z.string(), z.number()])
const Packed = z.tuple([z.string(), Id, Id.nullable()])

/**
 * The id of an event on the stream of a tool call: how far its client has followed it, and what
 * the client calls it. It proves nothing; the origin knows whose operation it is.
 */
export function eventIdOf(request: JSONRPCRequest, position: Position): string {
  const token = request.params?._meta?.progressToken ?? null
  const packed: z.infer<typeof Packed> = [handleOf(position), request.id, token]
  return toBase64Url(new TextEncoder().encode(JSON.stringify(packed)))
}

/** What goes on with a call after one of its events. */
export interface Resumption {
  opId: OpId
  request: JSONRPCRequest
}

/** What a GET asks to go on with; null when it only listens, or names what is no id of ours. */
export function resumptionOf(headers: Headers): Resumption | null {
  const lastEventId = headers.get('last-event-id')
  return lastEventId === null ? null : resumptionAfter(lastEventId)
}

function resumptionAfter(eventId: string): Resumption | null {
  const bytes = fromBase64Url(eventId)
  const packed = Packed.safeParse(bytes && parsed(new TextDecoder().decode(bytes)))
  const position = packed.success ? readHandle(packed.data[0]) : null
  if (!packed.success || position === null) return null
  const [handle, id, progressToken] = packed.data
  const _meta = progressToken === null ? {} : { progressToken }
  const params = { name: WAIT_TOOL.name, arguments: { handle }, _meta }
  return { opId: position.opId, request: { jsonrpc: '2.0', id, method: 'tools/call', params } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
