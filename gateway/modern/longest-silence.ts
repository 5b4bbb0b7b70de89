import {
  isJSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server'
import type { GatewayTimes } from '../ports.ts'
import { OPERATION_METHODS } from '../serving/operation-params.ts'

/**
 * How long the stream of an answer may be silent, in milliseconds. Closing the stream of a running
 * operation cancels it in the modern era, so that one is written to more often.
 */
export function longestSilence(times: GatewayTimes, message: JSONRPCMessage | null): number {
  const { keepAliveMs, cancelNoticeMs } = times
  return isCancelledByClosing(message) ? Math.min(cancelNoticeMs, keepAliveMs) : keepAliveMs
}

function isCancelledByClosing(message: JSONRPCMessage | null): boolean {
  if (!isJSONRPCRequest(message) || !OPERATION_METHODS.has(message.method)) return false
  return message.params?._meta?.[PROTOCOL_VERSION_META_KEY] !== undefined
}
