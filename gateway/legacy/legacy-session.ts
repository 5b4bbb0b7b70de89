import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCNotification,
  type JSONRPCRequest,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { OpId } from '#contract/operation.ts'
import { replyId, type Exchange } from '../exchange.ts'
import type { GatewayPorts } from '../ports.ts'
import type { LogThreshold } from '../serving/asker.ts'
import { failure } from '../serving/refusal.ts'
import { CallsInFlight } from './calls-in-flight.ts'
import { resumptionOf } from './event-id.ts'
import { isPrimed, primedAgain } from './priming-event.ts'
import { PendingRequests } from './pending-requests.ts'
import { Place } from './place.ts'
import { accepted, sessionUnknown } from './replies.ts'
import { serveRequest } from './serve-request.ts'
import { sessionSettings } from './session-settings.ts'
import { expiryOf, type SessionClaims } from './session-id.ts'
import type { SessionRecords } from '#contract/session-record.ts'

export interface LegacySessionPorts extends GatewayPorts {
  records: SessionRecords
}

/**
 * The live state of one legacy session: what runs, what was asked of the client, which stream it
 * listens on. None of it is worth keeping: the session's id and its record say the rest, so that a
 * host may drop this object whenever it is idle and make a new one. When its exchanges are over, no
 * timer, no stream and no request of its own is left: a listening client keeps nothing awake.
 */
export class LegacySession {
  readonly #ports: LegacySessionPorts
  readonly #calls = new CallsInFlight()
  readonly #pending = new PendingRequests()
  readonly #threshold: LogThreshold = { level: null }
  readonly #place = new Place()

  constructor(ports: LegacySessionPorts) {
    this.#ports = ports
  }

  /** True when nothing is lost by dropping this object. */
  get idle(): boolean {
    return this.#calls.all().length === 0
  }

  /**
   * Serves one exchange of this session. Never rejects: a refusal that is thrown across the border
   * of a host would arrive as any other error.
   */
  async handle(claims: SessionClaims, exchange: Exchange): Promise<Response> {
    try {
      return await this.#handle(claims, exchange)
    } catch (thrown) {
      return failure(thrown, exchange.message, this.#ports)
    }
  }

  /** See SessionHost: the number of the new stream's place, null when the session has ended. */
  async listen(claims: SessionClaims, end: () => void = () => {}): Promise<number | null> {
    const { ended } = await this.#ports.records.read(claims.id)
    return ended ? null : this.#place.take(end)
  }

  /** See {@link Listening.followed}, for the stream that has this number. */
  async followed(claims: SessionClaims, number: number): Promise<string[] | null> {
    if (expiryOf(claims) <= Date.now() || !this.#place.claim(number)) return null
    const { ended, subscriptions } = await this.#ports.records.read(claims.id)
    return ended ? null : subscriptions
  }

  async #handle(claims: SessionClaims, exchange: Exchange): Promise<Response> {
    const record = await this.#ports.records.read(claims.id)
    if (record.ended) return sessionUnknown(replyId(exchange.message))
    this.#threshold.level = record.level
    switch (exchange.request.method) {
      case 'GET':
        return this.#goOn(claims, exchange)
      case 'DELETE':
        return this.#end(claims)
      default:
        return this.#receive(claims, exchange)
    }
  }

  async #receive(claims: SessionClaims, exchange: Exchange): Promise<Response> {
    const { message } = exchange
    if (isJSONRPCRequest(message)) return this.#serve(claims, exchange, message)
    if (isJSONRPCResponse(message)) this.#pending.answer(message)
    else if (isJSONRPCNotification(message)) await this.#hear(message)
    return accepted()
  }

  async #serve(
    claims: SessionClaims,
    exchange: Exchange,
    message: JSONRPCRequest,
    resumed: OpId | null = null,
  ): Promise<Response> {
    const settings = sessionSettings(this.#ports.records, claims)
    const state = { claims, settings, threshold: this.#threshold, pending: this.#pending, resumed }
    const call = await serveRequest(this.#ports, exchange, message, state)
    this.#calls.add(message.id, call)
    return call.run(message, exchange.request)
  }

  /** A cancellation counts when its id can only mean one request (basic/utilities/cancellation). */
  async #hear(notification: JSONRPCNotification): Promise<void> {
    if (notification.method !== 'notifications/cancelled') return
    const params = CancelledParams.safeParse(notification.params)
    if (params.success) await this.#calls.only(params.data.requestId)?.cancel()
  }

  /**
   * The stream of a call that its client has lost, from the last event on that it saw
   * (basic/transports, resumability). The origin has kept what was said since. The stream that was
   * lost may not be known for lost yet: it ends, so that the id means one request.
   */
  async #goOn(claims: SessionClaims, exchange: Exchange): Promise<Response> {
    const { headers } = exchange.request
    const resumption = resumptionOf(headers)
    const lastEventId = headers.get('last-event-id')
    if (resumption === null || lastEventId === null)
      throw new Error('A GET that only listens is no business of a session')
    const { opId, request } = resumption
    await this.#calls.leave(request.id, opId)
    const answer = await this.#serve(claims, exchange, request, opId)
    if (answer.body === null || !isPrimed(claims.protocolVersion)) return answer
    return new Response(primedAgain(answer.body, lastEventId), answer)
  }

  async #end(claims: SessionClaims): Promise<Response> {
    const { records } = this.#ports
    const record = { ...(await records.read(claims.id)), ended: true }
    await records.write(claims.id, record, expiryOf(claims))
    this.#place.giveUp()
    await Promise.all(this.#calls.all().map((call) => call.cancel()))
    return new Response(null, { status: 204 })
  }
}

const CancelledParams = z.object({ requestId: z.union([z.string(), z.number()]) })
