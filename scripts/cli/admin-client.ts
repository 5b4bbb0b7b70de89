import type { z } from 'zod'
import {
  ApprovalList,
  ApprovalView,
  LoginResponse,
  VersionView,
  type DecisionRequest,
} from '#contract/admin-api.ts'
import { ProblemBody } from '#contract/problem.ts'

/** The admin door, for scripts. Every method throws an Error with the door's own sentence. */
export interface AdminClient {
  waiting(): Promise<ApprovalView[]>
  approval(id: string): Promise<ApprovalView>
  decide(id: string, decision: DecisionRequest): Promise<VersionView>
}

/** Signs in at the admin door at `base`. */
export async function signInAt(
  base: string,
  credentials: { username: string; password: string },
): Promise<AdminClient> {
  let bearer: string | null = null

  async function ask<T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> {
    const url = new URL(path, base)
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((fault: unknown) => {
      throw new Error(`MCPbox does not answer at ${base}; is it running?`, { cause: fault })
    })
    const answer: unknown = await response.json()
    if (response.ok) return schema.parse(answer)
    const problem = ProblemBody.safeParse(answer)
    throw new Error(
      problem.success ? problem.data.detail : `${url.href} answered ${response.status}`,
    )
  }

  bearer = (await ask(LoginResponse, '/auth/login', credentials)).access_token
  return {
    waiting: async () => (await ask(ApprovalList, '/api/approvals?state=waiting&limit=500')).items,
    approval: (id) => ask(ApprovalView, `/api/approvals/${encodeURIComponent(id)}`),
    decide: (id, decision) =>
      ask(VersionView, `/api/approvals/${encodeURIComponent(id)}/decision`, decision),
  }
}
