import {
  DEPLOY_PROOF_HEADER,
  deployProof,
  ORIGIN_HEALTH_PATH,
  OriginReached,
} from '#contract/deploy-proof.ts'
import { ProblemBody, problemOf, type Problem } from '#contract/problem.ts'

/** What was seen at the deployed Worker, in words, and what to do about it. */
export interface Sight {
  ok: boolean
  saw: string
  /** Empty when all is well. */
  next: string
}

/** Looks at a deployed Worker from outside. */
export interface Verifier {
  fetch: typeof globalThis.fetch
  now(): number
  pause(ms: number): Promise<void>
}

const TIMEOUT_MS = 20_000
/** A new version is everywhere within seconds, as a rule. */
const PAUSE_MS = 2_000
const LOOKS = 30

/** Looks until it is well or has looked often enough; the last sight counts. */
async function watch(verifier: Verifier, look: () => Promise<Sight>): Promise<Sight> {
  for (let looks = 1; ; looks++) {
    const sight = await look()
    if (sight.ok || looks === LOOKS) return sight
    await verifier.pause(PAUSE_MS)
  }
}

/** `GET /health`: whether the Worker is there and has all its settings. */
export function seeHealth(verifier: Verifier, publicUrl: string): Promise<Sight> {
  return watch(verifier, async () => {
    const answer = await visit(verifier, `${publicUrl}/health`)
    if (typeof answer === 'string') return unreachable(`${publicUrl}/health`, answer)
    if (answer.status === 200) return well('the Worker is there and configured')
    const problem = problemIn(answer.text)
    if (problem?.code === 'not_configured')
      return ill(problem.message, 'Run npx mcpbox deploy-worker again; it uploads what is missing.')
    if ([301, 302, 401, 403].includes(answer.status))
      return ill(
        `/health was answered ${answer.status}, by Access and not by the Worker`,
        'In Cloudflare’s dashboard see that the Access application “… health” covers this host’s /health; changes take up to a minute. Then run again.',
      )
    if (answer.status === 404)
      return ill(
        '/health was answered 404: there is no Worker at this address',
        'See in Cloudflare’s dashboard (Workers & Pages → the Worker → Settings → Domains) that its workers.dev address is on, then run again.',
      )
    return ill(
      `/health was answered ${answer.status}`,
      'See the Worker’s log: npx wrangler tail, or Workers & Pages → the Worker → Logs.',
    )
  })
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'mcpbox-deploy', version: '1' },
  },
})

/** `POST /mcp` as a stranger: must be refused, in the way that makes clients sign in. */
export function seeDoorShut(verifier: Verifier, publicUrl: string): Promise<Sight> {
  return watch(verifier, async () => {
    const answer = await visit(verifier, `${publicUrl}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: INITIALIZE,
    })
    if (typeof answer === 'string') return unreachable(`${publicUrl}/mcp`, answer)
    const challenge = answer.headers.get('www-authenticate')
    if (answer.status === 401 && challenge !== null)
      return well('a stranger is asked to sign in (401 with WWW-Authenticate)')
    if (answer.status === 401)
      return ill(
        'a stranger is refused (401), but without WWW-Authenticate, so clients do not know how to sign in',
        'With --auth access see that Managed OAuth is on in the Access application; then run again.',
      )
    if (answer.status >= 200 && answer.status < 300)
      return ill(
        'a stranger was LET IN without a token',
        'Take the Worker off now (Workers & Pages → the Worker → Settings → Domains: disable), then see that its Access application exists.',
      )
    if (answer.status === 302)
      return ill(
        'a stranger is sent to a login page (302), which no MCP client follows',
        'Managed OAuth is off in the Access application: run npx mcpbox deploy-worker again, which turns it on.',
      )
    if (answer.status === 403)
      return ill(
        'a stranger is refused with 403 and without a way to sign in',
        'Something blocks before the Worker: see Security → Bots and AI Crawl Control of the zone.',
      )
    return ill(
      `POST /mcp was answered ${answer.status}`,
      'See the Worker’s log: npx wrangler tail.',
    )
  })
}

/**
 * `GET /health/origin`: whether the Worker holds this very service token and the origin lets it in
 * with it.
 */
export function seeOrigin(
  verifier: Verifier,
  publicUrl: string,
  serviceToken: string,
): Promise<Sight> {
  return watch(verifier, async () => {
    const answer = await visit(verifier, `${publicUrl}${ORIGIN_HEALTH_PATH}`, {
      headers: { [DEPLOY_PROOF_HEADER]: await deployProof(serviceToken, verifier.now()) },
    })
    if (typeof answer === 'string') return unreachable(publicUrl, answer)
    if (answer.status === 200 && OriginReached.safeParse(jsonIn(answer.text)).success)
      return well('the Worker reaches the origin, which takes its secrets')
    const problem = problemIn(answer.text)
    if (problem === null)
      return ill(
        `${ORIGIN_HEALTH_PATH} was answered ${answer.status}, and not by the Worker`,
        'See that the Access application “… health” covers this host’s /health.',
      )
    if (problem.code === 'service_token_mismatch')
      return ill(problem.message, 'Run npx mcpbox deploy-worker --set-secrets.')
    if (problem.code === 'origin_unreachable')
      return ill(
        `the Worker does not reach the origin: ${problem.message}`,
        'Is cloudflared running with this tunnel’s token (docs/remote-access.md, “Keep the tunnel open”), and MCPbox with its tunnel door? With --origin vpc it needs QUIC (UDP 7844 out).',
      )
    if (problem.code === 'assertion_expired')
      return ill(problem.message, 'Set the clock of the machine MCPbox runs on, then run again.')
    if (problem.code === 'not_found')
      return ill(
        'the Worker does not hold these secrets (yet), or the clock of this machine is off',
        'Run npx mcpbox deploy-worker --set-secrets.',
      )
    return ill(`the Worker said ${problem.code}: ${problem.message}`, 'See the origin’s log.')
  })
}

type Answer = { status: number; headers: Headers; text: string }

/** The answer, or why there is none. */
async function visit(verifier: Verifier, url: string, init: RequestInit = {}) {
  try {
    const response = await verifier.fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    } satisfies Answer
  } catch (fault) {
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault
    return cause instanceof Error ? cause.message : String(cause)
  }
}

const well = (saw: string): Sight => ({ ok: true, saw, next: '' })
const ill = (saw: string, next: string): Sight => ({ ok: false, saw, next })
const unreachable = (url: string, why: string) =>
  ill(
    `${url} does not answer (${why})`,
    'A new workers.dev address takes a few minutes; run again.',
  )

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function problemIn(text: string): Problem | null {
  const parsed = ProblemBody.safeParse(jsonIn(text))
  return parsed.success ? problemOf(parsed.data) : null
}
