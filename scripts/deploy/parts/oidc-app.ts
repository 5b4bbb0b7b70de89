import { z } from 'zod'
import type { DeploymentRecord } from '#contract/deployment.ts'
import { differences, ensure } from '../ensure.ts'
import { isPlaceholder } from '../cloudflare/rehearsal.ts'
import { DeployFailure } from '../failure.ts'
import type { Run } from '../run.ts'
import { App } from './access-app.ts'

const OidcApp = App.extend({
  saas_app: z
    .looseObject({ client_id: z.string().optional(), client_secret: z.string().optional() })
    .optional(),
})
type OidcApp = z.infer<typeof OidcApp>

/** What a provider says of itself (OpenID Connect Discovery 1.0 §3). */
const Discovery = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url({ protocol: /^https$/ }),
  token_endpoint: z.url({ protocol: /^https$/ }),
  jwks_uri: z.url({ protocol: /^https$/ }),
})

const TIMEOUT_MS = 30_000

/** The "Access for SaaS" application that signs people in for the Worker's own OAuth server. */
export async function ensureOidcApp(
  run: Run,
  wanted: { name: string; team: string; publicUrl: string; policy: string },
): Promise<NonNullable<DeploymentRecord['oidc_app']>> {
  const { cloudflare, account, records } = run
  const kept = records.record.oidc_app
  const apps = `/accounts/${account}/access/apps`
  const body = {
    type: 'saas',
    name: wanted.name,
    policies: [wanted.policy],
    saas_app: {
      auth_type: 'oidc',
      redirect_uris: [`${wanted.publicUrl}/callback`],
      scopes: ['openid', 'email', 'profile'],
      grant_types: ['authorization_code', 'authorization_code_with_pkce', 'refresh_tokens'],
      refresh_token_options: { lifetime: '90d' },
    },
  }
  const make = () =>
    cloudflare.write({ method: 'POST', path: apps, body }, OidcApp, {
      id: `<app ${wanted.name}>`,
      name: wanted.name,
      type: body.type,
      saas_app: { client_id: '<client id>', client_secret: '<client secret>' },
    })
  const app = await ensure<OidcApp>(run, {
    part: 'oidc_app',
    name: wanted.name,
    find: () => cloudflare.list(apps, OidcApp),
    make,
    secretIsKept: kept !== null,
    async renewLost(found) {
      // Nobody has signed in through it yet: the run that made it broke before it deployed.
      await cloudflare.write({ method: 'DELETE', path: `${apps}/${found.id}` }, z.unknown(), null)
      return make()
    },
    wrong: (found) => differences(found, body),
    change: (found) =>
      cloudflare.write(
        {
          method: 'PUT',
          path: `${apps}/${found.id}`,
          body: { ...body, saas_app: { ...found.saas_app, ...body.saas_app } },
        },
        OidcApp,
        found,
      ),
  })
  const clientId = app.saas_app?.client_id ?? kept?.client_id
  const clientSecret = app.saas_app?.client_secret ?? kept?.client_secret
  if (clientId === undefined || clientSecret === undefined)
    throw new DeployFailure(`Cloudflare gave the application “${wanted.name}” no client secret.`)
  const issuer = `https://${wanted.team}/cdn-cgi/access/sso/oidc/${clientId}`
  // Kept before the provider is asked, so that a secret that is told once is not lost.
  const made = { id: app.id, name: app.name, client_id: clientId, client_secret: clientSecret }
  const unknown = { authorization_url: '', token_url: '', jwks_url: '' }
  await records.made('oidc_app', { ...unknown, ...kept, ...made, issuer })
  const whole = { ...made, issuer, ...(await endpointsOf(run, issuer)) }
  await records.made('oidc_app', whole)
  return whole
}

async function endpointsOf(run: Run, issuer: string) {
  if (isPlaceholder(issuer)) {
    const said = (what: string) => `<${what} of the discovery document>`
    return {
      authorization_url: said('authorization_endpoint'),
      token_url: said('token_endpoint'),
      jwks_url: said('jwks_uri'),
    }
  }
  const url = `${issuer}/.well-known/openid-configuration`
  let found: z.infer<typeof Discovery>
  try {
    const response = await run.fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    found = Discovery.parse(await response.json())
  } catch (cause) {
    throw new DeployFailure(
      `The sign-in application does not tell its endpoints at ${url}. It may take a minute after it was made; run again.`,
      { cause },
    )
  }
  if (found.issuer !== issuer)
    throw new DeployFailure(
      `The sign-in application at ${issuer} says that its issuer is ${found.issuer}; tokens would be refused.`,
    )
  return {
    authorization_url: found.authorization_endpoint,
    token_url: found.token_endpoint,
    jwks_url: found.jwks_uri,
  }
}
