import { DurableObject } from 'cloudflare:workers'
import { LegacySession } from '#gateway/legacy/legacy-session.ts'
import type { SessionClaims } from '#gateway/legacy/session-id.ts'
import { isolate } from '../isolate.ts'
import { storedRecord } from './stored-record.ts'
import { unwrap } from './session-envelope.ts'

/**
 * Pins one legacy session to one place, so that its calls, cancellations and answers meet. Made
 * again after every eviction or deploy from the session's id and record. It is awake while an
 * exchange lasts and no longer: the stream on which a client listens is the Worker's, and the object
 * answers a short question when there is news for it.
 */
export class McpSession extends DurableObject<Env> {
  #session: LegacySession | null = null

  override async fetch(request: Request): Promise<Response> {
    const { claims, exchange } = await unwrap(request)
    return this.#live().handle(claims, exchange)
  }

  /** See LegacySession; only the Worker can ask an object, and it has verified the claims. */
  async listen(claims: SessionClaims): Promise<number | null> {
    return this.#live().listen(claims)
  }

  /** See LegacySession. */
  async followed(claims: SessionClaims, number: number): Promise<string[] | null> {
    return this.#live().followed(claims, number)
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
