import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Identity } from './identity.ts'
import type { Listener } from './loopback-server.ts'
import { AS_METADATA, type ManagedOAuth } from './managed-oauth.ts'
import { passOn } from './pass-on.ts'
import type { People } from './people.ts'
import type { ServiceTokens } from './service-tokens.ts'

const RESOURCE_METADATA = '/.well-known/cloudflare-access-protected-resource'
const STANDARD_RESOURCE_METADATA = '/.well-known/oauth-protected-resource'

/** What the edge knows when it decides about a request. */
export interface Edge {
  issuer: string
  oauth: ManagedOAuth
  people: People
  serviceTokens: ServiceTokens
  /** Signs an application token of this application. */
  token(identity: Identity): Promise<string>
}

type Decision = { kind: 'passed'; identity: Identity } | { kind: 'refused'; status: 401 | 403 }

/**
 * A self-hosted application with Managed OAuth that covers its whole hostname. Access answers the
 * discovery documents and every request without a good token; the others reach the Worker with a
 * signed assertion (Cloudflare, "Managed OAuth", "Application token").
 */
export class ProtectedApplication {
  readonly #edge: Edge
  readonly #origin: string
  readonly #documents: Listener
  #worker: URL | null = null

  constructor(edge: Edge, url: URL) {
    this.#edge = edge
    this.#origin = url.origin
    edge.oauth.protect(url)
    this.#documents = getRequestListener(documents(edge, url.origin).fetch)
  }

  aimAt(worker: URL): void {
    this.#worker = worker
  }

  async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { pathname } = new URL(incoming.url ?? '/', this.#origin)
    if (isDocument(pathname)) {
      await this.#documents(incoming, outgoing)
      return
    }
    const decision = this.#decide(incoming.headers)
    if (decision.kind === 'refused') {
      this.#refuse(outgoing, decision.status, pathname)
      return
    }
    const token = await this.#edge.token(decision.identity)
    passOn(incoming, outgoing, this.#worker, {
      ...withoutAccess(incoming.headers),
      'cf-access-jwt-assertion': token,
      ...('email' in decision.identity && {
        'cf-access-authenticated-user-email': decision.identity.email,
      }),
    })
  }

  #decide(headers: IncomingHttpHeaders): Decision {
    const service = this.#edge.serviceTokens.judge(headers)
    if (service.kind === 'passed')
      return { kind: 'passed', identity: { clientId: service.clientId } }
    if (service.kind === 'refused') return service
    const bearer = /^Bearer (oauth:\S+)$/i.exec(headers.authorization ?? '')?.[1]
    const grant = bearer === undefined ? null : this.#edge.oauth.tokens.resolve(bearer)
    const person = grant?.application === this.#origin ? this.#edge.people.find(grant.sub) : null
    return person?.email == null
      ? { kind: 'refused', status: 401 }
      : { kind: 'passed', identity: { sub: person.sub, email: person.email } }
  }

  /** Names the document that says how to get a token (RFC 9728 §5.1). */
  #refuse(outgoing: ServerResponse, status: 401 | 403, path: string): void {
    const metadata = `${this.#origin}${RESOURCE_METADATA}${path}`
    const challenge = `Bearer realm="OAuth", error="invalid_token", resource_metadata="${metadata}"`
    outgoing.writeHead(status, {
      'content-type': 'application/json',
      ...(status === 401 && { 'www-authenticate': challenge }),
    })
    outgoing.end(JSON.stringify({ error: 'invalid_token', resource_metadata: metadata }))
  }
}

function documents(edge: Edge, origin: string): Hono {
  const resource = (prefix: string, path: string) => ({
    resource: origin + path.slice(prefix.length),
    protected: true,
    authorization_servers: [edge.issuer],
    team_domain: new URL(edge.issuer).host,
  })
  const app = new Hono().get(`${AS_METADATA}/*`, (c) => c.json(edge.oauth.metadata))
  for (const prefix of [RESOURCE_METADATA, STANDARD_RESOURCE_METADATA])
    app.get(`${prefix}/*`, (c) => c.json(resource(prefix, c.req.path)))
  return app
}

function isDocument(path: string): boolean {
  return [RESOURCE_METADATA, STANDARD_RESOURCE_METADATA, AS_METADATA].some(
    (document) => path === document || path.startsWith(`${document}/`),
  )
}

/** Nobody but Access itself speaks in these headers. */
function withoutAccess(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('cf-access-')),
  )
}
