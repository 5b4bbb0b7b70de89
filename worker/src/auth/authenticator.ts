import type { AnonymousPrincipal, RemotePrincipal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'

/** Who a request comes from, or why that is not known. */
export type Identified =
  | { ok: true; principal: RemotePrincipal | AnonymousPrincipal }
  | { ok: false; problem: Problem }

/** Says who comes, in one of the ways that `AUTH_MODE` names. One per isolate. */
export interface Authenticator {
  /** Never rejects for what a client sent. */
  identify(request: Request): Promise<Identified>

  /** What a client must be granted (RFC 6750 §3, `scope`); null where nothing is named. */
  readonly scope: string | null

  /** Answers at the authenticator's own addresses; null for any other. */
  serve(request: Request): Promise<Response | null>
}

export function unidentified(code: Problem['code'], message: string): Identified {
  return { ok: false, problem: { code, message } }
}
