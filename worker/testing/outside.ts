import { exports } from 'cloudflare:workers'
import type { AssertionClaims } from '#contract/assertion.ts'
import type { OperationRequest, OpId } from '#contract/operation.ts'
import type { RemotePrincipal } from '#contract/principal.ts'
import { ACCESS_HEADER } from '../src/auth/access-authenticator.ts'
import { personClaims, serviceClaims } from './access-team.ts'
import type { Mood } from './oidc-login.ts'
import { CONTROL, type Control } from './outside-service.ts'

/** Somebody who is new to the Worker, with a valid token and an origin nobody else talks to. */
export interface Somebody {
  principal: RemotePrincipal
  /** `sub` of the assertions about them. */
  subject: string
  send: (request: Request) => Promise<Response>
}

export async function somebody(): Promise<Somebody> {
  const sub = crypto.randomUUID()
  const email = `${sub}@example.com`
  return comingWith(personClaims(sub), `user:${sub}`, { kind: 'user', sub, email })
}

export async function someService(): Promise<Somebody> {
  const clientId = `${crypto.randomUUID()}.access`
  const principal = { kind: 'service', clientId } as const
  return comingWith(serviceClaims(clientId), `service:${clientId}`, principal)
}

/** Access, looking what this server is, in the name of nobody. */
export async function accessItself(): Promise<Pick<Somebody, 'send'>> {
  const claims = { ...personClaims(''), email: undefined }
  return comingWith(claims, 'anonymous', { kind: 'user', sub: 'nobody', email: 'no@body.test' })
}

async function comingWith(
  claims: Record<string, unknown>,
  subject: string,
  principal: RemotePrincipal,
): Promise<Somebody> {
  const token = await (await ask({ do: 'sign', claims })).text()
  return {
    principal,
    subject,
    send(request) {
      const signed = new Request(request)
      signed.headers.set(ACCESS_HEADER, token)
      return exports.default.fetch(signed)
    },
  }
}

/** A call of the tool `hold` that the test lets go. */
export function gate() {
  const name = crypto.randomUUID()
  return {
    arguments: { gate: name },
    started: () => ask({ do: 'await_start', gate: name }),
    release: () => ask({ do: 'release', gate: name }),
  }
}

export const feedOf = ({ subject }: Somebody) => ask({ do: 'await_feed', subject })
export const changeCatalogOf = ({ subject }: Somebody) => ask({ do: 'change_catalog', subject })

/** Takes their origin away for one request. */
export const loseOriginOf = ({ subject }: Somebody) => ask({ do: 'lose_origin', subject })

/** Takes their origin away until {@link originBackOf}. */
export const originAwayOf = ({ subject }: Somebody) =>
  ask({ do: 'climate', subject, climate: 'bad_gateway' })
export const originBackOf = ({ subject }: Somebody) =>
  ask({ do: 'climate', subject, climate: null })

/** Lets requests arrive at their origin and its answers be lost, until {@link originBackOf}. */
export const originUnheardOf = ({ subject }: Somebody) =>
  ask({ do: 'climate', subject, climate: 'unheard' })

/** What was begun at their origin, in order, and what their clients come back for. */
export async function operationsOf({
  subject,
}: Somebody): Promise<{ started: OperationRequest[]; parked: OpId[] }> {
  return (await ask({ do: 'operations', subject })).json()
}

/** Waits for the first cancellation of an operation of theirs. */
export async function cancelledOf(who: Somebody): Promise<{ started: OpId[]; cancelled: OpId[] }> {
  return (await ask({ do: 'await_cancelled', subject: who.subject })).json()
}

/** How the identity provider treats somebody from now on. */
export const setMood = (sub: string, mood: Mood) => ask({ do: 'set_mood', sub, mood })

/** Puts a document up for the Worker to fetch. */
export const serveDocument = (url: string, body: unknown) => ask({ do: 'serve', url, body })

/** Every request to the origin about them. */
export async function seenOf(
  who: Pick<Somebody, 'subject'>,
): Promise<{ claims: AssertionClaims; headers: string[]; requestId: string }[]> {
  return (await ask({ do: 'seen', subject: who.subject })).json()
}

function ask(control: Control): Promise<Response> {
  return fetch(CONTROL, { method: 'POST', body: JSON.stringify(control) })
}
