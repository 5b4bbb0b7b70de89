import type { z } from 'zod'
import type { Endpoint } from '#contract/admin-door/endpoint.ts'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { ApprovalView, DecisionRequest, VersionView } from '#contract/admin-api.ts'
import { ProblemBody } from '#contract/problem.ts'
import { VERSION } from '#contract/version.ts'

type Values = Record<string, string | number | undefined>

/** What is asked of an endpoint. */
export interface Asked {
  params?: Values
  query?: Values
  body?: unknown
}

type Answer<E extends Endpoint> = E['answer'] extends z.ZodType ? z.output<E['answer']> : undefined

/** The admin door, for scripts. Every method throws an Error with the door's own sentence. */
export interface AdminClient {
  waiting(): Promise<ApprovalView[]>
  approval(id: string): Promise<ApprovalView>
  decide(id: string, decision: z.input<typeof DecisionRequest>): Promise<VersionView>
  /** Asks any endpoint of JSON. */
  call<E extends Endpoint>(endpoint: E, asked?: Asked): Promise<Answer<E>>
  /** Changes what `read` shows now, with a request to `change` about the same. */
  edit<E extends Endpoint>(read: Endpoint, change: E, asked: Asked): Promise<Answer<E>>
  /** Opens one that streams; signs in anew, since bearers are short-lived. */
  open(endpoint: Endpoint, asked: Asked): Promise<ReadableStream<Uint8Array>>
}

/** Signs in at the admin door at `base`. */
export async function signInAt(
  base: string,
  credentials: { username: string; password: string },
): Promise<AdminClient> {
  let bearer: string | null = null

  async function send(endpoint: Endpoint, asked: Asked, etag?: string): Promise<Response> {
    const url = new URL(pathOf(endpoint, asked), base)
    const response = await fetch(url, {
      method: endpoint.method.toUpperCase(),
      headers: {
        'user-agent': `mcpbox-cli/${VERSION}`,
        ...(asked.body !== undefined && { 'content-type': 'application/json' }),
        ...(etag !== undefined && { 'if-match': etag }),
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
      },
      ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
    }).catch((fault: unknown) => {
      throw new Error(`MCPbox does not answer at ${base}; is it running?`, { cause: fault })
    })
    if (response.ok) return response
    const problem = ProblemBody.safeParse(await response.json().catch(() => null))
    throw new Error(
      problem.success ? problem.data.detail : `${url.href} answered ${response.status}`,
    )
  }

  async function call<E extends Endpoint>(endpoint: E, asked: Asked = {}): Promise<Answer<E>> {
    return answerOf(endpoint, await send(endpoint, asked))
  }

  async function answerOf<E extends Endpoint>(endpoint: E, response: Response): Promise<Answer<E>> {
    if (endpoint.answer === null) return undefined as Answer<E>
    return endpoint.answer.parse(await response.json()) as Answer<E>
  }

  async function signIn(): Promise<void> {
    bearer = (await call(ENDPOINTS.signIn, { body: credentials })).access_token
  }

  await signIn()
  return {
    call,
    async edit(read, change, asked) {
      const shown = await send(read, { ...asked, body: undefined })
      await shown.body?.cancel()
      return answerOf(change, await send(change, asked, shown.headers.get('etag') ?? undefined))
    },
    async open(endpoint, asked) {
      await signIn()
      const { body } = await send(endpoint, asked)
      if (body === null) throw new Error('the stream has no body')
      return body
    },
    waiting: async () =>
      (await call(ENDPOINTS.listApprovals, { query: { state: 'waiting', limit: 500 } })).items,
    approval: (id) => call(ENDPOINTS.getApproval, { params: { id } }),
    decide: (id, decision) => call(ENDPOINTS.decide, { params: { id }, body: decision }),
  }
}

function pathOf({ path }: Endpoint, { params = {}, query = {} }: Asked): string {
  const at = path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? at : `${at}?${String(new URLSearchParams(given))}`
}
