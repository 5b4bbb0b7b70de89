import type { Problem, ProblemBody } from '#contract/problem.ts'
import { wireOf } from '#gateway/wire/problem.ts'

/** A problem outside of MCP. */
export function problemResponse(
  problem: Problem,
  { headers = {} }: { headers?: Record<string, string> } = {},
): Response {
  const body: ProblemBody = { error: problem }
  return Response.json(body, { status: wireOf(problem.code).status, headers })
}
