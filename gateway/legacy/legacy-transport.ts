import {
  isJSONRPCRequest,
  PerRequestHTTPServerTransport,
  type InitializeRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type TransportSendOptions,
} from '@modelcontextprotocol/server'
import { EventIds } from './event-ids.ts'
import type { PendingRequests } from './pending-requests.ts'

const LEGACY = { era: 'legacy' } as const
const RESTORE_ID = '__restore__'

/** Carries one posted request of the legacy era, and all that is said before its answer. */
export class LegacyTransport extends PerRequestHTTPServerTransport {
  /** Resolves when the exchange is over, however it ended. */
  readonly over: Promise<void>
  readonly ids = new EventIds()
  readonly #end: () => void
  readonly #pending: PendingRequests
  #restored: (() => void) | null = null

  /** @param responseMode `sse` for an event stream from the start, whatever is said on it */
  constructor(
    pending: PendingRequests,
    { keepAliveMs, responseMode }: { keepAliveMs: number; responseMode: 'auto' | 'sse' },
  ) {
    super({ classification: LEGACY, keepAliveMs, responseMode })
    this.#pending = pending
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#end = resolve
  }

  /**
   * The SDK cannot be handed a negotiated session. So the connected server is told the session's
   * `initialize`, under a reserved id, and the answer to that id goes nowhere.
   */
  async restore(params: InitializeRequest['params']): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#restored = resolve
    const message: JSONRPCRequest = {
      jsonrpc: '2.0',
      id: RESTORE_ID,
      method: 'initialize',
      params,
    }
    this.onmessage?.(message, { classification: LEGACY })
    await promise
    this.#restored = null
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.#restored !== null) return this.#restored()
    this.ids.sent()
    return super.send(isJSONRPCRequest(message) ? this.#rename(message) : message, options)
  }

  override async close(): Promise<void> {
    await super.close()
    this.#restored?.()
    this.#pending.abandon(this)
    this.#end()
  }

  #rename(request: JSONRPCRequest): JSONRPCRequest {
    return this.#pending.rename(request, this, (answer) =>
      this.onmessage?.(answer, { classification: LEGACY }),
    )
  }
}
