import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { PROBLEM_TYPE, problemBody, type ProblemCode } from '#contract/problem.ts'

/** An expected no, on its way out of a handler. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode
  readonly code: ProblemCode

  constructor(status: ContentfulStatusCode, code: ProblemCode, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Any error as a response: a refusal in its own words, everything else without details. */
export function answerProblem(error: Error, context: Context): Response {
  const { status, code, message } =
    error instanceof Refusal ? error : new Refusal(500, 'internal', 'the sandbox failed')
  const body = { ...problemBody({ code, message }), status }
  return context.body(JSON.stringify(body), status, { 'content-type': PROBLEM_TYPE })
}
