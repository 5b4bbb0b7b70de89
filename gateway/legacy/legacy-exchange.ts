import type { InitializeRequest, JSONRPCRequest, Server } from '@modelcontextprotocol/server'
import type { OpId } from '#contract/operation.ts'
import { SSE_HEADERS } from '../wire/sse.ts'
import { LegacyTransport } from './legacy-transport.ts'
import type { PendingRequests } from './pending-requests.ts'

export interface LegacyExchangeOptions {
  keepAliveMs: number
  /** `initialize` of this session; null when there was none. */
  restore: InitializeRequest['params'] | null
  pending: PendingRequests
  /** Answers the GET that goes on with a call: always an event stream. */
  isResumed: boolean
}

/**
 * One posted request with a server and a transport of its own. Nothing but this object joins the
 * request and its answer, so that equal JSON-RPC ids at the same time cannot meet.
 */
export class LegacyExchange {
  readonly server: Server
  readonly #transport: LegacyTransport
  readonly #restore: LegacyExchangeOptions['restore']
  readonly #cancel: AbortController
  #opId: OpId | null = null

  /** @param cancel aborted by {@link cancel}; the server's running call listens to it */
  constructor(server: Server, cancel: AbortController, options: LegacyExchangeOptions) {
    this.server = server
    this.#cancel = cancel
    this.#restore = options.restore
    const { pending, keepAliveMs, isResumed } = options
    const responseMode = isResumed ? 'sse' : 'auto'
    this.#transport = new LegacyTransport(pending, { keepAliveMs, responseMode })
  }

  /** Resolves when the exchange is over, however it ended. */
  get over(): Promise<void> {
    return this.#transport.over
  }

  /**
   * The answer: one JSON body, or an event stream as soon as something is said before the result.
   * The status is 200 whatever the JSON-RPC message says, because these clients take a 404 for
   * the end of their session. A client that leaves (the request's signal) ends the exchange but
   * cancels nothing (MCP 2025-11-25, basic/transports, sending messages).
   */
  async run(message: JSONRPCRequest, request: Request): Promise<Response> {
    try {
      await this.server.connect(this.#transport)
      if (this.#restore !== null) await this.#transport.restore(this.#restore)
      const answer = await this.#transport.handleMessage(message, { request })
      const { headers } = answer
      const isStream = headers.get('content-type') === SSE_HEADERS['content-type']
      const body = isStream && answer.body ? this.#transport.ids.put(answer.body) : answer.body
      return new Response(body, { status: 200, headers })
    } catch (error) {
      if (this.#cancel.signal.aborted || request.signal.aborted) return nothingMore()
      await this.#transport.close()
      throw error
    }
  }

  /** The operation that its client may go on with elsewhere; null as long as there is none. */
  get opId(): OpId | null {
    return this.#opId
  }

  /** A client that lost the stream may go on after its last event, which this is the id of. */
  reached(opId: OpId, eventId: string): void {
    this.#opId = opId
    this.#transport.ids.current = eventId
  }

  /** Closes the stream; what was asked for runs on. */
  async leave(): Promise<void> {
    await this.#transport.close()
  }

  /** Ends the call, at the origin too. A cancelled request has no answer. */
  async cancel(): Promise<void> {
    this.#cancel.abort()
    await this.#transport.close()
  }
}

/** An answer that says nothing: whoever asked no longer listens. */
function nothingMore(): Response {
  return new Response('', { headers: SSE_HEADERS })
}
