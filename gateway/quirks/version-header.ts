import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server'
import type { Exchange } from '../exchange.ts'

const VERSION_HEADER = 'mcp-protocol-version'

/** What the header says; null when it is not there. */
export function versionInHeader({ request }: Exchange): string | null {
  return request.headers.get(VERSION_HEADER)
}

/** What `params._meta` says (MCP 2026-07-28); undefined when it says nothing. */
export function versionInBody({ message }: Exchange): unknown {
  if (!isJSONRPCRequest(message) && !isJSONRPCNotification(message)) return undefined
  return message.params?._meta?.[PROTOCOL_VERSION_META_KEY]
}

/** The exchange with another version in its header; with none when that is null. */
export function withVersionHeader(exchange: Exchange, version: string | null): Exchange {
  const { url, method, signal } = exchange.request
  const headers = new Headers(exchange.request.headers)
  if (version === null) headers.delete(VERSION_HEADER)
  else headers.set(VERSION_HEADER, version)
  return { ...exchange, request: new Request(url, { method, headers, signal }) }
}
