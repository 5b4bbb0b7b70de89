import { createHash, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_HEADER,
  ASSERTION_ISSUER,
  SERVICE_TOKEN_HEADER,
  type AssertionClaims,
} from '#contract/assertion.ts'
import {
  DEPLOY_PROOF_HEADER,
  isDeployProof,
  ORIGIN_HEALTH_PATH,
  type OriginReached,
} from '#contract/deploy-proof.ts'
import { PROBLEM_TYPE, problemBody, statusOf, type ProblemCode } from '#contract/problem.ts'
import type { CloudflareStore } from './cloudflare-store.ts'

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/**
 * Stands where the deployed Worker would be: it holds what was uploaded to the fake Cloudflare,
 * and asks the real tunnel door with that. Over HTTP on a port of this machine.
 */
export interface StandInWorker extends AsyncDisposable {
  /** As `fetch`, with the Worker's and the team's public addresses led to this machine. */
  fetch: typeof globalThis.fetch
  /** Secrets that it still serves with, whatever was uploaded; null: the uploaded ones. */
  lagging: ReadonlyMap<string, string> | null
  /** Answers in the place of its own, by path. */
  instead: Map<string, Answer>
  /** Visits it had, as method and path. */
  visits: string[]
}

export async function startStandInWorker(
  store: CloudflareStore,
  name: string,
  tunnelDoor: () => string,
): Promise<StandInWorker> {
  const held = () => worker.lagging ?? store.workers.get(name)?.secrets ?? new Map()

  async function originHealth(proof: string | null) {
    const token = held().get('SERVICE_TOKEN') ?? ''
    if (!(await isDeployProof(proof, token, Date.now())))
      return problem('not_found', 'There is nothing here.')
    const now = Math.floor(Date.now() / 1000)
    const claims: AssertionClaims = {
      iss: ASSERTION_ISSUER,
      aud: ASSERTION_AUDIENCE,
      sub: 'service:deploy',
      iat: now,
      exp: now + 20,
      jti: randomUUID(),
      principal: { kind: 'service', clientId: 'deploy' },
      mth: 'GET',
      pth: '/ping',
      bdg: createHash('sha256').digest('base64url'),
    }
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: ASSERTION_ALGORITHM })
      .sign(new TextEncoder().encode(held().get('ASSERTION_KEY')))
    const answer = await fetch(`http://${tunnelDoor()}/ping`, {
      headers: { [SERVICE_TOKEN_HEADER]: token, [ASSERTION_HEADER]: assertion },
    })
    if (answer.status === 200) return { status: 200, body: JSON.stringify(REACHED) }
    const headers = { 'content-type': answer.headers.get('content-type') ?? PROBLEM_TYPE }
    return { status: answer.status, headers, body: await answer.text() }
  }

  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? ''
    worker.visits.push(`${incoming.method} ${path}`)
    const proof = incoming.headers[DEPLOY_PROOF_HEADER]
    const own = async (): Promise<Answer> => {
      if (!store.workers.has(name)) return { status: 404, body: 'There is nothing here yet' }
      if (path === '/health') return { status: 200, body: '{"status":"ok"}' }
      if (path === ORIGIN_HEALTH_PATH) return originHealth(typeof proof === 'string' ? proof : null)
      const headers = { 'www-authenticate': 'Bearer resource_metadata="https://x/y"' }
      return { status: 401, headers, body: '{}' }
    }
    void (async () => {
      const { status, headers = {}, body = '' } = worker.instead.get(path) ?? (await own())
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
      outgoing.end(body)
    })()
  })
  const url = await listening(server)

  const worker: StandInWorker = {
    lagging: null,
    instead: new Map(),
    visits: [],
    async fetch(input, init) {
      const asked = new URL(input instanceof Request ? input.url : input)
      if (asked.hostname === store.team) return discovery(asked, store)
      const { subdomain } = store
      if (asked.hostname !== `${name}.${subdomain}.workers.dev`)
        throw new TypeError('fetch failed', {
          cause: new Error(`getaddrinfo ENOTFOUND ${asked.hostname}`),
        })
      return fetch(new URL(asked.pathname, url), init)
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return worker
}

/** The discovery document of an Access for SaaS application that exists, with endpoints nobody would guess. */
function discovery(asked: URL, store: CloudflareStore): Response {
  const clientId = /^\/cdn-cgi\/access\/sso\/oidc\/(\w+)\/\.well-known\/openid-configuration$/.exec(
    asked.pathname,
  )?.[1]
  const exists = store.apps.some(
    (app) => (app['saas_app'] as { client_id?: string } | undefined)?.client_id === clientId,
  )
  if (clientId === undefined || !exists) return new Response('', { status: 404 })
  const issuer = `https://${store.team}/cdn-cgi/access/sso/oidc/${clientId}`
  return Response.json({
    issuer,
    authorization_endpoint: `${issuer}/authorization`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  })
}

async function listening(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const REACHED: OriginReached = { status: 'ok' }

const problem = (code: ProblemCode, message: string) => ({
  status: statusOf(code),
  headers: { 'content-type': PROBLEM_TYPE },
  body: JSON.stringify(problemBody({ code, message })),
})
