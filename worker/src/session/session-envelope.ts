import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import { SESSION_HEADER, type Exchange } from '#gateway/exchange.ts'
import type { SessionClaims } from '#gateway/legacy/session-id.ts'
import { fromBase64Url, toBase64Url } from '#gateway/wire/base64url.ts'

/**
 * What the Worker has verified about an exchange, on its way to the session's Durable Object. Only
 * the Worker writes this header: requests for an object are built from nothing but the headers
 * below, so that one from outside never gets there.
 */
const VERIFIED_HEADER = 'x-mcpbox-verified'
const CARRIED_HEADERS = ['accept', 'last-event-id', 'mcp-protocol-version', SESSION_HEADER]

/** An exchange and whose session it is in. */
export interface SessionExchange {
  claims: SessionClaims
  exchange: Exchange
}

/** The request that carries an exchange to its object. */
export function wrap({ claims, exchange }: SessionExchange): Request {
  const { request, message, principal, requestId, opId, address } = exchange
  const from = address === undefined ? {} : { address }
  const verified = encode({ claims, principal, requestId, opId, ...from })
  const headers = new Headers({ [VERIFIED_HEADER]: verified })
  for (const name of CARRIED_HEADERS) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  const body = message === null ? null : JSON.stringify(message)
  return new Request(request.url, { method: request.method, headers, body, signal: request.signal })
}

/** The exchange as the object sees it. Undoes {@link wrap}; only the Worker can ask an object. */
export async function unwrap(request: Request): Promise<SessionExchange> {
  const { claims, ...verified } = decode(request.headers.get(VERIFIED_HEADER) ?? '')
  const message: JSONRPCMessage | null = request.body === null ? null : await request.json()
  const { method, headers, signal } = request
  const bodiless = new Request(request.url, { method, headers, signal })
  return { claims, exchange: { ...verified, request: bodiless, message } }
}

type Verified = Pick<SessionExchange, 'claims'> &
  Pick<Exchange, 'principal' | 'requestId' | 'opId' | 'address'>

function encode(verified: Verified): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(verified)))
}

function decode(text: string): Verified {
  const bytes = fromBase64Url(text)
  if (bytes === null || bytes.length === 0) throw new Error('Not a request from the Worker')
  return JSON.parse(new TextDecoder().decode(bytes))
}
