import {
  isInitializedNotification,
  isInitializeRequest,
  isJSONRPCRequest,
  type InitializeRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from '@modelcontextprotocol/server'
import { replyId, SESSION_HEADER, type Exchange } from '../exchange.ts'
import type { GatewayPorts } from '../ports.ts'
import { packCapabilities } from './client-capabilities.ts'
import { resumptionOf } from './event-id.ts'
import { openNoticeStream } from './notice-stream.ts'
import { PendingRequests } from './pending-requests.ts'
import { accepted, postOnly, sessionUnknown } from './replies.ts'
import { serveRequest, type SessionState } from './serve-request.ts'
import type { SessionHost } from './session-host.ts'
import type { SessionIds } from './session-id.ts'

/** Serves protocol versions up to 2025-11-25. */
export class LegacyLeg {
  readonly #ports: GatewayPorts
  readonly #sessions: SessionHost
  readonly #ids: SessionIds

  constructor(ports: GatewayPorts, sessions: SessionHost, ids: SessionIds) {
    this.#ports = ports
    this.#sessions = sessions
    this.#ids = ids
  }

  async handle(exchange: Exchange): Promise<Response> {
    const { message, request } = exchange
    if (isInitialize(message)) return this.#initialize(exchange, message)
    const id = request.headers.get(SESSION_HEADER)
    if (id !== null) return this.#inSession(id, exchange)
    if (isJSONRPCRequest(message)) return this.#withoutSession(exchange, message)
    return message === null ? postOnly() : accepted()
  }

  /** Nothing is stored: what was settled is in the id, and the id is the session. */
  async #initialize(exchange: Exchange, message: Initialize): Promise<Response> {
    const call = await serveRequest(this.#ports, exchange, message, noSession())
    const response = await call.run(message, exchange.request)
    const protocolVersion = call.server.getNegotiatedProtocolVersion()
    if (protocolVersion === undefined) return response
    const { clientInfo, capabilities } = message.params
    const about = {
      protocolVersion,
      capabilities: packCapabilities(capabilities),
      client: { name: clientInfo.name, version: clientInfo.version },
    }
    response.headers.set(SESSION_HEADER, await this.#ids.issue(about, exchange.principal))
    return response
  }

  async #inSession(id: string, exchange: Exchange): Promise<Response> {
    const claims = await this.#ids.verify(id, exchange.principal)
    if (claims === null) return sessionUnknown(replyId(exchange.message))
    // A session learns nothing from it. Where each call has a session of its own, that would be every
    // second time that one is woken.
    if (isInitializedNotification(exchange.message)) return accepted()
    return this.#onlyListens(exchange)
      ? openNoticeStream(this.#ports, this.#sessions, claims, exchange)
      : this.#sessions.forward(claims, exchange)
  }

  #onlyListens({ request }: Exchange): boolean {
    return request.method === 'GET' && resumptionOf(request.headers) === null
  }

  /** Some clients never send the session id back; whoever is authenticated is served anyway. */
  async #withoutSession(exchange: Exchange, message: JSONRPCRequest): Promise<Response> {
    const call = await serveRequest(this.#ports, exchange, message, noSession())
    return call.run(message, exchange.request)
  }
}

type Initialize = JSONRPCRequest & InitializeRequest

function isInitialize(message: JSONRPCMessage | null): message is Initialize {
  return isJSONRPCRequest(message) && isInitializeRequest(message)
}

function noSession(): SessionState {
  return {
    claims: null,
    threshold: { level: null },
    settings: null,
    pending: new PendingRequests(),
    resumed: null,
  }
}
