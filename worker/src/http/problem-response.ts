import { PROBLEM_TYPE, problemBody, statusOf, type Problem } from '#contract/problem.ts'

/** A problem outside of MCP. */
export function problemResponse(
  problem: Problem,
  { headers = {} }: { headers?: Record<string, string> } = {},
): Response {
  return Response.json(problemBody(problem), {
    status: statusOf(problem.code),
    headers: { ...headers, 'content-type': PROBLEM_TYPE },
  })
}
