import type {
  JSONRPCErrorResponse,
  JSONRPCRequest,
  JSONRPCResultResponse,
} from '@modelcontextprotocol/server'

type Answer = JSONRPCResultResponse | JSONRPCErrorResponse

/**
 * What we have asked a client and still wait for. Each exchange counts its own requests from the
 * same start; on their way out they get ids that are unique in the session, so that a posted
 * answer finds the exchange that asked.
 */
export class PendingRequests {
  readonly #waiting = new Map<string, { asker: object; deliver: (answer: Answer) => void }>()

  /** The request as it leaves. Its answer goes to `deliver`, under the id that the asker gave. */
  rename(
    request: JSONRPCRequest,
    asker: object,
    deliver: (answer: Answer) => void,
  ): JSONRPCRequest {
    const id = `s-${crypto.randomUUID()}`
    const restore = (answer: Answer) => deliver({ ...answer, id: request.id })
    this.#waiting.set(id, { asker, deliver: restore })
    return { ...request, id }
  }

  /** Hands an answer to who asked. One that nobody waits for has lost its exchange: no effect. */
  answer(answer: Answer): void {
    const id = String(answer.id)
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.deliver(answer)
  }

  /** Forgets all that an exchange has asked; for when it is over. */
  abandon(asker: object): void {
    for (const [id, waiting] of this.#waiting) if (waiting.asker === asker) this.#waiting.delete(id)
  }
}
