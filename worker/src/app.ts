import type { Problem } from '#contract/problem.ts'
import { createGateway, type Gateway } from '#gateway/gateway.ts'
import type { GatewayPorts } from '#gateway/ports.ts'
import { isMcpPath } from '#gateway/quirks/mcp-path.ts'
import { rpcError } from '#gateway/wire/rpc-error.ts'
import { AccessVerifier } from './auth/access-verifier.ts'
import { challenge } from './auth/challenge.ts'
import type { Config, ReadConfig } from './config.ts'
import { judgeOriginHeader } from './http/origin-header.ts'
import { problemResponse } from './http/problem-response.ts'
import { withSecurityHeaders } from './http/security-headers.ts'
import { durableSessionHost } from './session/durable-session-host.ts'
import type { McpSession } from './session/session-object.ts'

/** The Worker, of one configuration. */
export interface App {
  fetch(request: Request): Promise<Response>
}

/** Without a whole configuration it serves nothing but the sentence that says what is missing. */
export function createApp(
  read: ReadConfig,
  sessions: DurableObjectNamespace<McpSession>,
  portsFor: (config: Config) => GatewayPorts,
): App {
  const mcp = read.ok
    ? mcpRoute(read.config, portsFor(read.config), sessions)
    : async () => rpcError(notConfigured(read.missing))
  const health = () =>
    read.ok ? Response.json({ status: 'ok' }) : problemResponse(notConfigured(read.missing))

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url)
    if (isMcpPath(url)) return mcp(request)
    if (url.pathname === '/health') return health()
    return problemResponse({ code: 'not_found', message: 'MCP is served at /mcp.' })
  }

  return { fetch: async (request) => withSecurityHeaders(await route(request)) }
}

type Route = (request: Request) => Promise<Response>

function mcpRoute(
  config: Config,
  ports: GatewayPorts,
  sessions: DurableObjectNamespace<McpSession>,
): Route {
  const verifier = new AccessVerifier(config.access)
  const gateway: Gateway = createGateway({
    ...ports,
    sessions: durableSessionHost(sessions, ports.onFault),
    keys: { sessionId: config.sessionKey },
  })
  return async (request) => {
    const stranger = judgeOriginHeader(request.headers, config.allowedOrigins)
    if (stranger !== null) return rpcError(stranger)
    const verified = await verifier.verify(request.headers)
    return verified.ok ? gateway.handle(request, verified.principal) : challenge(verified.problem)
  }
}

/** Names what is missing: whoever deploys needs it, and it tells nobody else a value. */
function notConfigured(missing: string): Problem {
  return { code: 'not_configured', message: `This Worker is not configured: ${missing}` }
}
