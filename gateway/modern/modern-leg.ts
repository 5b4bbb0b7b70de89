import {
  createMcpHandler,
  isJSONRPCNotification,
  isJSONRPCRequest,
} from '@modelcontextprotocol/server'
import { replyId, type Exchange } from '../exchange.ts'
import type { GatewayPorts } from '../ports.ts'
import { exchangeServer } from '../serving/exchange-server.ts'
import { TOO_MANY_LISTENERS } from '../serving/listeners.ts'
import { acceptsStream } from '../wire/accepts-stream.ts'
import { rpcError, withStableCodeInBody } from '../wire/rpc-error.ts'
import { changeBus } from './change-bus.ts'
import { longestSilence } from './longest-silence.ts'
import { requestStates } from './request-state.ts'
import { returnedInputs } from './returned-inputs.ts'

/**
 * Serves protocol version 2026-07-28. A client that closes its stream cancels what it asked for
 * (basic/transports/streamable-http, cancellation), so that no notification of a client means
 * anything. Throws OriginRefusal as the catalog does.
 */
export async function serveModern(
  ports: GatewayPorts,
  stateKey: string,
  exchange: Exchange,
): Promise<Response> {
  const { principal, requestId, address, request, message, opId } = exchange
  if (isJSONRPCNotification(message)) return new Response(null, { status: 202 })
  const closed = new AbortController()
  const server = await exchangeServer(ports, {
    asker: {
      principal,
      requestId,
      ...(address !== undefined && { address }),
      era: 'modern',
      client: null,
      threshold: { level: null },
      hearsNews: acceptsStream(request.headers),
    },
    opId,
    method: isJSONRPCRequest(message) ? message.method : '',
    signal: request.signal,
    cancel: closed.signal,
    settings: null,
    inputs: (ctx, asked) => returnedInputs(ctx, requestStates(stateKey, principal, asked)),
    closed: () => closed.abort(),
  })
  const complaints: Error[] = []
  let isFull = false
  const handler = createMcpHandler(() => server, {
    legacy: 'reject',
    bus: changeBus(ports, exchange, {
      full() {
        isFull = true
      },
      lost: () => void handler.close().catch(ports.onFault),
    }),
    keepAliveMs: longestSilence(ports.times, message),
    onerror: (error) => complaints.push(error),
  })
  const response = await handler.fetch(request, { parsedBody: message })
  if (isFull) {
    await response.body?.cancel()
    return rpcError(TOO_MANY_LISTENERS, { id: replyId(message) })
  }
  // Lower statuses are the client's doing, and told to the client.
  if (response.status >= 500) complaints.forEach((error) => ports.onFault(error))
  return withStableCodeInBody(response)
}
