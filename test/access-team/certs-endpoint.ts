import { Hono } from 'hono'
import type { SigningKeys } from './signing-keys.ts'

export const CERTS_PATH = '/cdn-cgi/access/certs'

/** The keys of the team for whoever checks its tokens (Cloudflare, "Validate JWTs"). */
export class CertsEndpoint {
  /** While true it answers 503. */
  outage = false
  /** How often it was asked. */
  asked = 0
  readonly routes: Hono

  constructor(keys: SigningKeys) {
    this.routes = new Hono().get(CERTS_PATH, (c) => {
      this.asked += 1
      return this.outage ? c.text('down', 503) : c.json(keys.published)
    })
  }
}
