import { z } from 'zod'
import { ClaudeFailure } from './failure.ts'
import { USER_AGENT } from './identity.ts'

const ResourceMetadata = z.looseObject({
  resource: z.string(),
  authorization_servers: z.array(z.string()).min(1),
  scopes_supported: z.array(z.string()).optional(),
})

const ServerMetadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  registration_endpoint: z.url().optional(),
  revocation_endpoint: z.url().optional(),
  code_challenge_methods_supported: z.array(z.string()).default([]),
  token_endpoint_auth_methods_supported: z.array(z.string()).default([]),
  client_id_metadata_document_supported: z.boolean().default(false),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
  scopes_supported: z.array(z.string()).default([]),
})
export type ServerMetadata = z.infer<typeof ServerMetadata>

/** Where to sign in for an MCP server, and for what. */
export interface Discovered {
  resource: string
  server: ServerMetadata
  /** To be asked for; null when nobody names one. */
  scope: string | null
}

/**
 * From the challenge of an MCP server to its authorization server (RFC 9728 §3, §5; RFC 8414 §3).
 * @param challenge `WWW-Authenticate` of the 401, null when there was none
 */
export async function discover(
  mcp: URL,
  challenge: string | null,
  budget: AbortSignal,
): Promise<Discovered> {
  const named = parameter(challenge, 'resource_metadata')
  if (named !== null && !URL.canParse(named))
    throw failed(`resource_metadata is not absolute: ${named}`)
  const prefix = '/.well-known/oauth-protected-resource'
  const resource = await firstOf(
    [...(named === null ? [] : [named]), prefix + mcp.pathname, prefix],
    mcp,
    ResourceMetadata.refine((document) => document.resource === mcp.href),
    budget,
  )
  if (resource === null) throw failed('no protected resource metadata names this very address')

  const issuer = new URL(resource.authorization_servers[0] ?? '')
  const path = issuer.pathname.replace(/\/$/, '')
  const server = await firstOf(
    [
      `/.well-known/oauth-authorization-server${path}`,
      `/.well-known/openid-configuration${path}`,
      `${path}/.well-known/openid-configuration`,
    ],
    issuer,
    ServerMetadata.refine((document) => document.issuer === resource.authorization_servers[0]),
    budget,
  )
  if (server === null) throw failed('no authorization server metadata of this issuer')
  if (!server.code_challenge_methods_supported.includes('S256')) throw failed('no PKCE with S256')

  const asked = parameter(challenge, 'scope') ?? resource.scopes_supported?.join(' ') ?? null
  const offline = server.scopes_supported.includes('offline_access') ? ['offline_access'] : []
  const scope = [...(asked === null ? [] : [asked]), ...offline].join(' ')
  return { resource: resource.resource, server, scope: scope === '' ? null : scope }
}

/** The first of these documents that is there and is what it should be. */
async function firstOf<T>(
  paths: readonly string[],
  base: URL,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T | null> {
  for (const path of paths) {
    const headers = { accept: 'application/json', 'user-agent': USER_AGENT }
    const response = await fetch(new URL(path, base), { headers, signal })
    const document = schema.safeParse(response.ok ? await response.json() : null)
    if (document.success) return document.data
    if (!response.ok) await response.body?.cancel()
  }
  return null
}

function parameter(challenge: string | null, name: string): string | null {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(challenge ?? '')?.[1] ?? null
}

function failed(why: string): ClaudeFailure {
  return new ClaudeFailure('Authorization with the MCP server failed', why)
}
