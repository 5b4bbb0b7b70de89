import type { Problem } from '#contract/problem.ts'
import { wireOf } from '#gateway/wire/problem.ts'
import { rpcError } from '#gateway/wire/rpc-error.ts'

/** The answer to a request without a valid token; 401 comes with its challenge (RFC 6750 §3). */
export function challenge(problem: Problem): Response {
  if (wireOf(problem.code).status !== 401) return rpcError(problem)
  const given = problem.code === 'unauthenticated' ? '' : ', error="invalid_token"'
  return rpcError(problem, { headers: { 'www-authenticate': `Bearer realm="mcpbox"${given}` } })
}
