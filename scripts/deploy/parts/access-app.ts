import { z } from 'zod'
import { differences, ensure } from '../ensure.ts'
import { DeployFailure } from '../failure.ts'
import type { Run } from '../run.ts'

export const App = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  aud: z.string().optional(),
  domain: z.string().optional(),
  destinations: z.array(z.looseObject({ uri: z.string().optional() })).optional(),
  policies: z
    .array(
      z
        .union([z.string(), z.looseObject({ id: z.string() })])
        .transform((policy) => (typeof policy === 'string' ? policy : policy.id)),
    )
    .optional(),
})
export type App = z.infer<typeof App>

/** What Cloudflare adds to an application, and does not take back in a PUT. */
const READ_ONLY = ['id', 'uid', 'aud', 'created_at', 'updated_at']

/** Callbacks of Claude that may register (Claude documentation, "Building connectors"). */
const CLAUDE_CALLBACKS = [
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
]

/** The application before the Worker: Access itself is the OAuth server of MCP clients ("Managed OAuth"). */
export function mcpApp(worker: string, host: string, policies: string[]) {
  return {
    type: 'self_hosted',
    name: worker,
    domain: host,
    // The whole host name: clients look for the metadata beside /mcp, and Access must answer it.
    destinations: [{ type: 'public', uri: host }],
    session_duration: '24h',
    policies,
    oauth_configuration: {
      enabled: true,
      dynamic_client_registration: {
        enabled: true,
        allow_any_on_localhost: true,
        allow_any_on_loopback: true,
        allowed_uris: CLAUDE_CALLBACKS,
      },
      grant: { access_token_lifetime: '15m', session_duration: '336h' },
    },
  }
}

/** Lets everybody through to /health, which tells nothing (docs/decisions/0018). */
export function healthApp(worker: string, host: string, policy: string) {
  return {
    type: 'self_hosted',
    name: `${worker} health`,
    domain: `${host}/health`,
    destinations: [{ type: 'public', uri: `${host}/health` }],
    policies: [policy],
  }
}

/** The application before the origin's public name: for the Worker's service token alone. */
export function originApp(worker: string, host: string, policy: string) {
  return {
    type: 'self_hosted',
    name: `${worker} origin`,
    domain: host,
    destinations: [{ type: 'public', uri: host }],
    policies: [policy],
    service_auth_401_redirect: true,
  }
}

type Body = ReturnType<typeof mcpApp | typeof healthApp | typeof originApp>

/** @returns its id and its audience tag, which tokens for it carry */
export async function ensureApp(
  run: Run,
  part: 'access_app' | 'health_app' | 'origin_app',
  body: Body,
): Promise<{ id: string; name: string; audience: string }> {
  const { cloudflare, account } = run
  const apps = `/accounts/${account}/access/apps`
  const app = await ensure(run, {
    part,
    name: body.name,
    find: () => cloudflare.list(apps, App),
    make: () =>
      cloudflare.write({ method: 'POST', path: apps, body }, App, {
        id: `<app ${body.name}>`,
        name: body.name,
        type: body.type,
        aud: `<audience of ${body.name}>`,
      }),
    wrong: (found) => differences(found, body),
    change: (found) =>
      cloudflare.write(
        {
          method: 'PUT',
          path: `${apps}/${found.id}`,
          body: { ...writable(found), ...body },
        },
        App,
        found,
      ),
  })
  if (app.aud === undefined)
    throw new DeployFailure(`Cloudflare gave the application “${body.name}” no audience tag.`)
  return { id: app.id, name: app.name, audience: app.aud }
}

function writable(app: App): Record<string, unknown> {
  return Object.fromEntries(Object.entries(app).filter(([key]) => !READ_ONLY.includes(key)))
}

/**
 * The Worker's own OAuth server must meet its clients itself. What stood there once is forgotten.
 * @throws DeployFailure when an application of Access stands before this host
 */
export async function assertNotBehindAccess(run: Run, host: string): Promise<void> {
  const apps = await run.cloudflare.list(`/accounts/${run.account}/access/apps`, App)
  const before = apps.find(
    ({ type, domain, destinations }) =>
      type === 'self_hosted' &&
      [domain, ...(destinations ?? []).map(({ uri }) => uri)].some(
        (uri) => uri === host || uri === `${host}/` || uri?.startsWith(`${host}/mcp`) === true,
      ),
  )
  if (before === undefined) return run.records.change({ access_app: null })
  throw new DeployFailure(
    `The Access application “${before.name}” (${before.id}) stands before ${host}, so clients would never reach the Worker’s own sign-in. Delete it in Cloudflare’s dashboard (Zero Trust → Access → Applications), then run again.`,
  )
}
