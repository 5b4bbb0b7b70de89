import { ORIGIN_HEALTH_PATH } from '#contract/deploy-proof.ts'
import type { Problem } from '#contract/problem.ts'
import type { Gateway } from '#gateway/gateway.ts'
import { isMcpPath } from '#gateway/quirks/mcp-path.ts'
import { rpcError } from '#gateway/wire/rpc-error.ts'
import type { Authenticator } from './auth/authenticator.ts'
import { challenge } from './auth/challenge.ts'
import { judgeCors } from './http/cors.ts'
import { problemResponse } from './http/problem-response.ts'
import { sealed } from './http/sealed.ts'
import { note, reportFault } from './log.ts'
import type { OriginHealth } from './origin/origin-health.ts'
import type { RateLimiter } from './rate/rate-limiter.ts'
import type { StrangerLimit } from './rate/stranger-limit.ts'

/** What serving takes, of one configuration. */
export interface AppParts {
  publicUrl: string
  allowedOrigins: readonly string[]
  authenticator: Authenticator
  gateway: Gateway
  rate: Pick<RateLimiter, 'take'>
  strangers: StrangerLimit
  originHealth: Pick<OriginHealth, 'answer'>
}

/** The Worker, of one configuration. Never rejects. */
export interface App {
  fetch(request: Request): Promise<Response>
}

/** @param missing what the configuration lacks: then nothing is served but the sentence that says so */
export function createApp(parts: AppParts | { missing: string }): App {
  const route = 'missing' in parts ? refusing(notConfigured(parts.missing)) : serving(parts)

  async function answer(request: Request, requestId: string): Promise<Response> {
    try {
      return await route(request, requestId)
    } catch (fault) {
      reportFault(fault)
      const message = `MCPbox failed to answer; its log has the details under ${requestId}.`
      return problemResponse({ code: 'internal', message })
    }
  }

  return {
    async fetch(request) {
      const requestId = crypto.randomUUID()
      const begun = Date.now()
      const response = sealed(await answer(request, requestId), requestId)
      note('request', {
        request_id: requestId,
        ray: request.headers.get('cf-ray'),
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        ms: Date.now() - begun,
      })
      return response
    },
  }
}

type Route = (request: Request, requestId: string) => Promise<Response>

function refusing(problem: Problem): Route {
  return async (request) =>
    isMcpPath(new URL(request.url)) ? rpcError(problem) : problemResponse(problem)
}

function serving(parts: AppParts): Route {
  const mcp = mcpRoute(parts)
  const { authenticator, strangers, originHealth } = parts
  return async (request, requestId) => {
    const url = new URL(request.url)
    if (isMcpPath(url)) return mcp(request, requestId)
    if (url.pathname === '/health') return Response.json({ status: 'ok' })
    const waitMs = await strangers.take(request)
    if (waitMs > 0) return problemResponse(...tooMany(waitMs))
    if (url.pathname === ORIGIN_HEALTH_PATH) return originHealth.answer(request, requestId)
    const own = await authenticator.serve(request)
    return own ?? problemResponse({ code: 'not_found', message: 'MCP is served at /mcp.' })
  }
}

/** In this order: may this page ask, who asks, has it asked too often, and only then what. */
function mcpRoute(parts: AppParts): Route {
  const { authenticator, gateway, rate, strangers } = parts

  async function judged(request: Request, requestId: string): Promise<Response> {
    const identified = await authenticator.identify(request)
    if (!identified.ok) {
      const waitMs = await strangers.take(request)
      if (waitMs > 0) return rpcError(...tooMany(waitMs))
      note('refused', { request_id: requestId, code: identified.problem.code })
      const { scope } = authenticator
      return challenge(identified.problem, { publicUrl: parts.publicUrl, scope })
    }
    const waitMs = await rate.take(identified.principal)
    if (waitMs > 0) return rpcError(...tooMany(waitMs))
    // Cloudflare's own word for who connected; nobody else can say it.
    const address = request.headers.get('cf-connecting-ip') ?? undefined
    return gateway.handle(request, identified.principal, requestId, address)
  }

  /** Nobody is let in by a failure, and it is answered as any other refusal of MCP is. */
  async function answered(request: Request, requestId: string): Promise<Response> {
    try {
      return await judged(request, requestId)
    } catch (fault) {
      reportFault(fault)
      const message = `MCPbox could not tell who asks; try again. Its log has the details under ${requestId}.`
      return rpcError({ code: 'busy', message }, { headers: { 'retry-after': '1' } })
    }
  }

  return async (request, requestId) => {
    const cors = judgeCors(request, parts.allowedOrigins)
    if (cors.problem !== null) return rpcError(cors.problem)
    return cors.allow(cors.preflight() ?? (await answered(request, requestId)))
  }
}

function tooMany(waitMs: number): [Problem, { headers: Record<string, string> }] {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  const message = `Too many requests. Try again in ${seconds} s.`
  return [{ code: 'rate_limited', message }, { headers: { 'retry-after': String(seconds) } }]
}

/** Names what is missing: whoever deploys needs it, and it tells nobody else a value. */
function notConfigured(missing: string): Problem {
  return { code: 'not_configured', message: `This Worker is not configured: ${missing}` }
}
