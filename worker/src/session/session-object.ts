import { DurableObject } from 'cloudflare:workers'
import { LegacySession } from '#gateway/legacy/legacy-session.ts'
import { isolate } from '../isolate.ts'
import { storedRecord } from './stored-record.ts'
import { unwrap } from './session-envelope.ts'

/**
 * Pins one legacy session to one place, so that its streams, cancellations and answers meet. Made
 * again after every eviction or deploy from the session's id and record.
 */
export class McpSession extends DurableObject<Env> {
  #session: LegacySession | null = null

  override async fetch(request: Request): Promise<Response> {
    const { claims, exchange } = await unwrap(request)
    return this.#live().handle(claims, exchange)
  }

  /** The session's id has expired: nothing is left to remember. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }

  #live(): LegacySession {
    const ports = isolate.portsOf(this.env)
    this.#session ??= new LegacySession({ ...ports, records: storedRecord(this.ctx.storage) })
    return this.#session
  }
}
