import { randomBytes } from 'node:crypto'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { CertsEndpoint } from './certs-endpoint.ts'
import { claimsOf, type Identity } from './identity.ts'
import { openLoopback } from './loopback-server.ts'
import { ManagedOAuth } from './managed-oauth.ts'
import { OidcApp } from './oidc-app.ts'
import { passOn } from './pass-on.ts'
import { People } from './people.ts'
import { ProtectedApplication } from './protected-application.ts'
import type { RedirectAllowList } from './redirect-allow-list.ts'
import { RegisteredClients } from './registered-clients.ts'
import { ServiceTokens } from './service-tokens.ts'
import { SigningKeys } from './signing-keys.ts'

export type { Identity } from './identity.ts'

/** What Claude needs, and what the set-up of MCPbox allows (`allowed_uris`). */
const CLAUDE_ONLY: RedirectAllowList = {
  allowed_uris: [
    'https://claude.ai/api/mcp/auth_callback',
    'https://claude.com/api/mcp/auth_callback',
  ],
  anyLoopback: false,
}

/**
 * Stands in for a Cloudflare Access team on one machine: an issuer with real keys at the real
 * paths, and what Access does in front of a Worker or as the sign-in behind it.
 */
export interface LocalAccess extends AsyncDisposable {
  issuer: string
  /** The AUD tag of the team's one self-hosted application. */
  audience: string
  keys: SigningKeys
  certs: CertsEndpoint
  people: People
  serviceTokens: ServiceTokens
  oauth: ManagedOAuth
  clients: RegisteredClients
  /** An application token (Cloudflare, "Application token") good for `seconds`. */
  token(identity: Identity, seconds?: number, audience?: string): Promise<string>
  /** Opens a port at which every request is signed in as `identity`. */
  front(identity: Identity, port?: number): Promise<Front>
  /** Opens the hostname of the self-hosted application, with Managed OAuth in front. */
  protectedFront(port?: number): Promise<Front>
  /** Adds an Access for SaaS (OIDC) application that may send people back to these URIs. */
  addOidcApp(redirectUris: readonly string[]): Promise<OidcApp>
}

/** A way to a Worker, once it is aimed at one. */
export interface Front {
  url: URL
  aimAt(worker: URL): void
}

export async function startLocalAccess(
  settings: { redirects?: RedirectAllowList; accessTokenSeconds?: number } = {},
): Promise<LocalAccess> {
  await using starting = new AsyncDisposableStack()
  const team = new Hono()
  const server = starting.use(await openLoopback(getRequestListener(team.fetch)))
  const issuer = server.url.origin
  const audience = randomBytes(32).toString('hex')
  const keys = await SigningKeys.create()
  const certs = new CertsEndpoint(keys)
  const people = new People()
  const clients = new RegisteredClients(settings.redirects ?? CLAUDE_ONLY)
  const oauth = new ManagedOAuth(issuer, people, clients, settings.accessTokenSeconds ?? 900)
  const serviceTokens = new ServiceTokens()
  team.route('/', certs.routes)
  team.route('/', oauth.routes)
  const apps: OidcApp[] = []
  team.all('/cdn-cgi/access/sso/oidc/:client/*', async (c) => {
    const app = apps.find(({ settings }) => settings.clientId === c.req.param('client'))
    return app === undefined ? c.notFound() : app.routes.fetch(c.req.raw)
  })

  function token(identity: Identity, seconds = 8 * 3600, aud = audience): Promise<string> {
    const iat = Math.floor(Date.now() / 1_000)
    const times = { iat, nbf: iat, exp: iat + seconds }
    return keys.sign({ ...claimsOf(identity), iss: issuer, aud: [aud], ...times })
  }

  const running = starting.move()
  return {
    issuer,
    audience,
    keys,
    certs,
    people,
    serviceTokens,
    oauth,
    clients,
    token,
    async front(identity, port) {
      const assertion = await token(identity)
      let worker: URL | null = null
      const { url } = running.use(
        await openLoopback((incoming, outgoing) => {
          const headers = { ...incoming.headers, 'cf-access-jwt-assertion': assertion }
          passOn(incoming, outgoing, worker, headers)
        }, port),
      )
      return { url, aimAt: (aim) => void (worker = aim) }
    },
    async protectedFront(port) {
      let application: ProtectedApplication | null = null
      const { url } = running.use(
        await openLoopback((incoming, outgoing) => application?.handle(incoming, outgoing), port),
      )
      const edge = { issuer, oauth, people, serviceTokens, token: (who: Identity) => token(who) }
      application = new ProtectedApplication(edge, url)
      return { url, aimAt: (worker) => application.aimAt(worker) }
    },
    async addOidcApp(redirectUris) {
      const app = await OidcApp.create(issuer, people, redirectUris)
      apps.push(app)
      return app
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
