import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A service token as it is shown once, when it is made. */
export interface ServiceToken {
  clientId: string
  clientSecret: string
}

/** What strict service token authentication makes of a request's headers. */
export type ServiceTokenVerdict =
  | { kind: 'absent' }
  | { kind: 'passed'; clientId: string }
  /** 401: no such token. 403: a token that no policy of this application names. */
  | { kind: 'refused'; status: 401 | 403 }

/**
 * The service tokens of the team (Cloudflare, "Service tokens"; strict mode). Where their headers
 * are, nothing else counts: a failed token is 401 and an unauthorised one 403, never a redirect.
 */
export class ServiceTokens {
  readonly #secrets = new Map<string, string>()
  readonly #admitted = new Set<string>()

  /** @param admitted whether a Service Auth policy of the application names it */
  issue(admitted = true): ServiceToken {
    const clientId = `${randomBytes(16).toString('hex')}.access`
    const clientSecret = `cfast_${randomBytes(24).toString('hex')}`
    this.#secrets.set(clientId, clientSecret)
    if (admitted) this.#admitted.add(clientId)
    return { clientId, clientSecret }
  }

  judge(headers: IncomingHttpHeaders): ServiceTokenVerdict {
    const clientId = headers['cf-access-client-id']
    const secret = headers['cf-access-client-secret']
    if (clientId === undefined && secret === undefined) return { kind: 'absent' }
    const known = typeof clientId === 'string' ? this.#secrets.get(clientId) : undefined
    if (typeof clientId !== 'string' || known === undefined || known !== secret)
      return { kind: 'refused', status: 401 }
    return this.#admitted.has(clientId)
      ? { kind: 'passed', clientId }
      : { kind: 'refused', status: 403 }
  }
}
