import {
  isInitializeRequest,
  isLegacyRequest,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server'
import { EDGE_BODY_BYTES } from '#contract/limits.ts'
import { NetworkAddress, OpId } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import { replyId, type Exchange } from './exchange.ts'
import type { Caller } from './origin.ts'
import { LegacyLeg } from './legacy/legacy-leg.ts'
import { primingEvent } from './legacy/priming-event.ts'
import type { SessionHost } from './legacy/session-host.ts'
import { SessionIds } from './legacy/session-id.ts'
import { longestSilence } from './modern/longest-silence.ts'
import { serveModern } from './modern/modern-leg.ts'
import type { GatewayPorts } from './ports.ts'
import { applyQuirks } from './quirks/all.ts'
import { isGreeting, SIGN_IN_NEEDED } from './serving/greeting.ts'
import { failure } from './serving/refusal.ts'
import { acceptsStream } from './wire/accepts-stream.ts'
import { lateStream } from './wire/late-stream.ts'
import { readMessage } from './wire/read-message.ts'
import { rpcError } from './wire/rpc-error.ts'

export interface GatewayOptions extends GatewayPorts {
  sessions: SessionHost
  /** Secrets of at least 32 characters, the same in every isolate and replica. */
  keys: { sessionId: string }
  /** Largest body that is read, in bytes. */
  bodyBytes?: number
  /** Milliseconds since 1970. */
  now?: () => number
  /** Told of each message, for the host's log. */
  heard?: (message: JSONRPCMessage, caller: Caller) => void
}

export interface Gateway {
  /**
   * Answers one request of a known principal, of either protocol era. The host has routed it here
   * (see `isMcpPath`), authenticated it and judged its Origin and Host. Never rejects.
   *
   * @param requestId what the host calls it in its log; one of its own unless given
   * @param address network address that it came from, where the host knows it; what is none is not told
   */
  handle(
    request: Request,
    principal: Principal,
    requestId?: string,
    address?: string,
  ): Promise<Response>
}

const METHODS = ['GET', 'POST', 'DELETE']

/** The MCP front: one for a host, however many requests it serves. */
export function createGateway(options: GatewayOptions): Gateway {
  const { bodyBytes = EDGE_BODY_BYTES, now = Date.now } = options
  const legacy = new LegacyLeg(
    options,
    options.sessions,
    new SessionIds(options.keys.sessionId, now),
  )

  async function handle(request: Request, caller: Caller): Promise<Response> {
    if (!METHODS.includes(request.method)) return methodNotAllowed()
    const opId = OpId.parse(crypto.randomUUID())
    if (request.method !== 'POST') return serve({ ...caller, request, message: null, opId })
    const read = await readMessage(request, bodyBytes)
    if (!read.ok) return read.refusal
    const { message } = read
    options.heard?.(message, caller)
    // The session id is in a header: it must be there before the headers leave.
    if (isInitializeRequest(message) || !acceptsStream(request.headers)) {
      return answer({ ...caller, request: withoutBody(request, request.signal), message, opId })
    }
    const opening = primingEvent(request.headers, message, opId)
    return lateStream(request.signal, { ...streamOptions(options, message), opening }, (signal) =>
      answer({ ...caller, request: withoutBody(request, signal), message, opId }),
    )
  }

  async function serve(exchange: Exchange): Promise<Response> {
    if (exchange.principal.kind === 'anonymous' && !isGreeting(exchange.message))
      return rpcError(SIGN_IN_NEEDED, { id: replyId(exchange.message) })
    const seen = applyQuirks(exchange)
    if (seen instanceof Response) return seen
    const isLegacy = await isLegacyRequest(seen.request, seen.message ?? undefined)
    return isLegacy ? legacy.handle(seen) : serveModern(options, options.keys.sessionId, seen)
  }

  /** {@link serve}, with its refusals and failures as answers. */
  async function answer(exchange: Exchange): Promise<Response> {
    try {
      return await serve(exchange)
    } catch (thrown) {
      return failure(thrown, exchange.message, options)
    }
  }

  return {
    async handle(request, principal, requestId = crypto.randomUUID(), address) {
      try {
        const from = NetworkAddress.safeParse(address)
        const known = from.success ? { address: from.data } : {}
        return await handle(request, { principal, requestId, ...known })
      } catch (thrown) {
        return failure(thrown, null, options)
      }
    },
  }
}

function streamOptions({ times, onFault }: GatewayPorts, message: JSONRPCMessage) {
  const keepAliveMs = longestSilence(times, message)
  // Silence before the first byte is silence, too.
  return { graceMs: Math.min(times.graceMs, keepAliveMs), keepAliveMs, onFault }
}

/** The body is spent: what follows gets the parsed message, and a signal of our own. */
function withoutBody(request: Request, signal: AbortSignal): Request {
  const { method, headers } = request
  return new Request(request.url, { method, headers, signal })
}

function methodNotAllowed(): Response {
  const message = `Only ${METHODS.join(', ')} are served here.`
  const headers = { allow: METHODS.join(', ') }
  return rpcError({ code: 'method_not_allowed', message }, { headers })
}
