import type { Problem } from '#contract/problem.ts'
import { wireOf } from '#gateway/wire/problem.ts'
import { rpcError } from '#gateway/wire/rpc-error.ts'

/** Where a client reads how to get a token (RFC 9728 §3.1), for MCP at `/mcp`. */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource/mcp'

/**
 * The answer to a request without a valid token; 401 comes with its challenge (RFC 6750 §3), which
 * names the metadata by an absolute URL (RFC 9728 §5.1).
 */
export function challenge(
  problem: Problem,
  { publicUrl, scope }: { publicUrl: string; scope: string | null },
): Response {
  if (wireOf(problem.code).status !== 401) return rpcError(problem)
  const parts = [
    'realm="mcpbox"',
    ...(problem.code === 'unauthenticated' ? [] : ['error="invalid_token"']),
    `resource_metadata="${publicUrl}${RESOURCE_METADATA_PATH}"`,
    ...(scope === null ? [] : [`scope="${scope}"`]),
  ]
  return rpcError(problem, { headers: { 'www-authenticate': `Bearer ${parts.join(', ')}` } })
}
