import { resourceOf } from './addresses.ts'
import { SCOPE } from './scope.ts'

/** The same for everybody and without credentials, so any page may read it. */
const READABLE = { 'access-control-allow-origin': '*' }
const PREFLIGHT = {
  ...READABLE,
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'mcp-protocol-version',
  'access-control-max-age': '86400',
}

/** Says where tokens for MCP are to be had (RFC 9728 §2). */
export function resourceMetadata(publicUrl: string, method: string): Response {
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: PREFLIGHT })
  if (method !== 'GET' && method !== 'HEAD')
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } })
  const metadata = {
    resource: resourceOf(publicUrl),
    resource_name: 'MCPbox',
    authorization_servers: [publicUrl],
    scopes_supported: [SCOPE],
    bearer_methods_supported: ['header'],
  }
  return Response.json(metadata, { headers: READABLE })
}
