import type { JSONRPCRequest } from '@modelcontextprotocol/server'
import type { Exchange } from '../exchange.ts'
import type { GatewayPorts } from '../ports.ts'
import type { LogThreshold } from '../serving/asker.ts'
import { exchangeServer } from '../serving/exchange-server.ts'
import { acceptsStream } from '../wire/accepts-stream.ts'
import { unpackCapabilities } from './client-capabilities.ts'
import { LegacyExchange } from './legacy-exchange.ts'
import type { PendingRequests } from './pending-requests.ts'
import type { SessionClaims } from './session-id.ts'

/** What a session lends to the exchanges in it. */
export interface SessionState {
  /** What its id says; null for a request that came without one. */
  claims: SessionClaims | null
  threshold: LogThreshold
  pending: PendingRequests
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
  const server = await exchangeServer(ports, {
    asker: {
      principal: exchange.principal,
      era: 'legacy',
      client: claims?.client ?? null,
      threshold: session.threshold,
      hearsNews: acceptsStream(exchange.request.headers),
    },
    method: message.method,
    signal: exchange.request.signal,
    cancel: cancel.signal,
  })
  return new LegacyExchange(server, cancel, {
    keepAliveMs: ports.times.keepAliveMs,
    pending: session.pending,
    restore: claims && {
      protocolVersion: claims.protocolVersion,
      capabilities: unpackCapabilities(claims.capabilities),
      clientInfo: claims.client,
    },
  })
}
