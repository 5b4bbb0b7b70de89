import type { JSONRPCRequest } from '@modelcontextprotocol/server'
import type { OpId } from '#contract/operation.ts'
import type { Exchange } from '../exchange.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker, LogThreshold } from '../serving/asker.ts'
import { cancelOperation } from '../serving/cancel-operation.ts'
import { exchangeServer } from '../serving/exchange-server.ts'
import type { SessionSettings } from '../serving/settings.ts'
import { acceptsStream } from '../wire/accepts-stream.ts'
import { unpackCapabilities } from './client-capabilities.ts'
import { eventIdOf } from './event-id.ts'
import { LegacyExchange } from './legacy-exchange.ts'
import type { PendingRequests } from './pending-requests.ts'
import { pushedInputs } from './pushed-inputs.ts'
import type { SessionClaims } from './session-id.ts'

/** What a session lends to the exchanges in it. */
export interface SessionState {
  /** What its id says; null for a request that came without one. */
  claims: SessionClaims | null
  threshold: LogThreshold
  /** Null for a request that came without a session. */
  settings: SessionSettings | null
  pending: PendingRequests
  /** The operation that a GET goes on with; null for a posted request. */
  resumed: OpId | null
}

/** Makes the server and the exchange of one request. Throws OriginRefusal as the catalog does. */
export async function serveRequest(
  ports: GatewayPorts,
  exchange: Exchange,
  message: JSONRPCRequest,
  session: SessionState,
): Promise<LegacyExchange> {
  const { claims } = session
  const cancel = new AbortController()
  const hearsNews = acceptsStream(exchange.request.headers)
  const capabilities = claims === null ? {} : unpackCapabilities(claims.capabilities)
  const asker: Asker = {
    principal: exchange.principal,
    requestId: exchange.requestId,
    ...(exchange.address !== undefined && { address: exchange.address }),
    era: 'legacy',
    client: claims?.client ?? null,
    threshold: session.threshold,
    hearsNews,
  }
  let opId = session.resumed
  // To go on with a call is to wait for it, which ends nothing; but it is the client's own call.
  const end = () => opId !== null && ports.defer(cancelOperation(ports, asker, opId))
  if (session.resumed !== null) cancel.signal.addEventListener('abort', end, { once: true })
  const server = await exchangeServer(ports, {
    asker,
    opId: exchange.opId,
    method: message.method,
    signal: exchange.request.signal,
    cancel: cancel.signal,
    settings: session.settings,
    inputs: (ctx) => pushedInputs(ctx, hearsNews ? capabilities : {}),
    reached: (position) => {
      if (message.method === 'tools/call') call.reached(position.opId, eventIdOf(message, position))
      opId = position.opId
    },
  })
  const call = new LegacyExchange(server, cancel, {
    keepAliveMs: ports.times.keepAliveMs,
    pending: session.pending,
    isResumed: session.resumed !== null,
    restore: claims && {
      protocolVersion: claims.protocolVersion,
      capabilities,
      clientInfo: claims.client,
    },
  })
  return call
}
