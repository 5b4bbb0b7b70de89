import { z } from 'zod'
import { ASSERTION_HEADER, REQUEST_ID_HEADER } from '#contract/assertion.ts'
import { scriptedOrigin, type ScriptedOrigin } from '#gateway/testing/scripted-origin.ts'
import { counting, echo, held, silent, type HeldTool } from '#gateway/testing/tools.ts'
import { accessTeam, ISSUER, type AccessTeam } from './access-team.ts'
import { IDP } from './oauth-bindings.ts'
import { oidcIssuer, type OidcIssuer } from './oidc-issuer.ts'
import { Mood } from './oidc-login.ts'
import { TEST_BINDINGS } from './test-bindings.ts'
import { subjectOf, tinyOrigin, type TinyOrigin } from './tiny-origin.ts'

export const CONTROL = 'https://control.test'

/** What a test may ask of the world around the Worker, for the principal it made up for itself. */
export const Control = z.discriminatedUnion('do', [
  z.object({ do: z.literal('sign'), claims: z.record(z.string(), z.unknown()) }),
  z.object({ do: z.literal('await_start'), gate: z.string() }),
  z.object({ do: z.literal('release'), gate: z.string() }),
  z.object({ do: z.literal('await_feed'), subject: z.string() }),
  z.object({ do: z.literal('change_catalog'), subject: z.string() }),
  z.object({ do: z.literal('lose_origin'), subject: z.string() }),
  z.object({
    do: z.literal('climate'),
    subject: z.string(),
    climate: z.enum(['bad_gateway', 'unheard']).nullable(),
  }),
  /** What was begun at their origin, in order, and what their clients come back for. */
  z.object({ do: z.literal('operations'), subject: z.string() }),
  z.object({ do: z.literal('await_cancelled'), subject: z.string() }),
  z.object({ do: z.literal('seen'), subject: z.string() }),
  z.object({ do: z.literal('set_mood'), sub: z.string(), mood: Mood }),
  z.object({ do: z.literal('serve'), url: z.url(), body: z.unknown() }),
])
export type Control = z.infer<typeof Control>

const KEYS = {
  serviceToken: TEST_BINDINGS.SERVICE_TOKEN,
  assertionKey: TEST_BINDINGS.ASSERTION_KEY,
}

interface World {
  scripted: ScriptedOrigin
  origin: TinyOrigin
}

/**
 * All that the Worker under test can reach, run in Node behind real HTTP: its Access team, its
 * identity provider, documents that tests put up and, for each principal, an origin of its own.
 * Nothing else is there.
 */
export function outsideService() {
  const team = accessTeam()
  const gates = new Map<string, HeldTool>()
  const worlds = new Map<string, World>()
  const idp = oidcIssuer()
  const documents = new Map<string, unknown>()

  function gateOf(name: string): HeldTool {
    const gate = gates.get(name) ?? held()
    gates.set(name, gate)
    return gate
  }

  const hold = silent(async (run) => {
    const name = z.string().parse(run.arguments['gate'])
    const steps = gateOf(name).tool(run)
    const { value } = await steps.next()
    if (value === undefined || 'type' in value) throw new Error('A held tool says nothing')
    return value
  })

  function worldOf(subject: string): World {
    const scripted = scriptedOrigin({ echo, counting, hold, note: echo })
    scripted.queueing.add('note')
    const world = worlds.get(subject) ?? { scripted, origin: tinyOrigin(scripted, KEYS) }
    worlds.set(subject, world)
    return world
  }

  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    if (url.href === `${ISSUER}/cdn-cgi/access/certs`) return (await team).certs()
    if (url.origin === TEST_BINDINGS.ORIGIN_URL) {
      return worldOf(subjectOf(request.headers.get(ASSERTION_HEADER))).origin.handle(request)
    }
    if (url.origin === IDP) return idp.handle(request)
    if (documents.has(url.href)) return Response.json(documents.get(url.href))
    if (url.origin !== CONTROL) return new Response(`Nobody is at ${url.href}`, { status: 599 })
    const outside = { team: await team, gateOf, worldOf, idp, documents }
    return control(Control.parse(await request.json()), outside)
  }
}

interface Outside {
  team: AccessTeam
  gateOf: (name: string) => HeldTool
  worldOf: (subject: string) => World
  idp: OidcIssuer
  documents: Map<string, unknown>
}

async function control(asked: Control, outside: Outside): Promise<Response> {
  const { team, gateOf, worldOf, idp, documents } = outside
  switch (asked.do) {
    case 'sign':
      return new Response(await team.sign(asked.claims))
    case 'await_start':
      await gateOf(asked.gate).started
      return new Response()
    case 'release':
      gateOf(asked.gate).release()
      return new Response()
    case 'await_feed':
      await until(() => worldOf(asked.subject).scripted.feeds > 0)
      return new Response()
    case 'change_catalog':
      worldOf(asked.subject).scripted.changeCatalog()
      return new Response()
    case 'lose_origin':
      worldOf(asked.subject).origin.weather.push('bad_gateway')
      return new Response()
    case 'climate':
      worldOf(asked.subject).origin.climate = asked.climate
      return new Response()
    case 'operations': {
      const { operations, parked } = worldOf(asked.subject).scripted
      return Response.json({ started: operations.map(({ request }) => request), parked })
    }
    case 'await_cancelled': {
      const { scripted } = worldOf(asked.subject)
      await until(() => scripted.cancelled.length > 0)
      const started = scripted.operations.map(({ request }) => request.op_id)
      return Response.json({ started, cancelled: scripted.cancelled })
    }
    case 'set_mood':
      idp.setMood(asked.sub, asked.mood)
      return new Response()
    case 'serve':
      documents.set(asked.url, asked.body)
      return new Response()
    case 'seen': {
      const { seen } = worldOf(asked.subject).origin
      return Response.json(
        seen.map(({ claims, headers }) => ({
          claims,
          headers: [...headers.keys()],
          requestId: headers.get(REQUEST_ID_HEADER),
        })),
      )
    }
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1))
}
