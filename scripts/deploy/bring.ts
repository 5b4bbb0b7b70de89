import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import { DeployFailure } from './failure.ts'
import { assertNotBehindAccess, ensureApp, healthApp, mcpApp } from './parts/access-app.ts'
import { ensurePolicy, machinesPolicy, peoplePolicy } from './parts/access-policy.ts'
import { ensureKvNamespace } from './parts/kv-namespace.ts'
import { ensureOidcApp } from './parts/oidc-app.ts'
import { ensurePublicHostname } from './parts/public-hostname.ts'
import { ensureTunnel } from './parts/tunnel.ts'
import { ensureVpcService } from './parts/vpc-service.ts'
import type { Run } from './run.ts'
import type { WantedDeployment } from './wanted.ts'
import { ensureWorker, type Upload } from './worker/ensure-worker.ts'
import { secretsOf } from './worker/secrets.ts'
import { wranglerConfig, type WorkerSettings } from './worker/settings.ts'
import type { Bundle, Wrangler } from './worker/wrangler.ts'

const root = new URL('../../', import.meta.url)
const MAIN = fileURLToPath(new URL('worker/src/index.ts', root))
const COMMITTED = fileURLToPath(new URL('wrangler.toml', root))

const HOUR_S = 3600

const Organization = z.object({ auth_domain: z.string() })
const Subdomain = z.object({ subdomain: z.string() })

/**
 * Brings everything to where it is wanted, in an order in which nothing is ever open: the way to
 * the origin, then who may come in, then the Worker. Run once as a rehearsal it is the plan.
 * @param wrangler null in a rehearsal
 * @returns what was or would be uploaded
 */
export async function bring(
  run: Run,
  wanted: WantedDeployment,
  pair: WorkerSecrets,
  bundle: Bundle,
  wrangler: Wrangler | null,
): Promise<Upload> {
  const { worker } = wanted
  await run.records.change({ account_id: run.account, wanted })
  const team = await teamOf(run)
  const host = `${worker}.${await subdomainOf(run)}.workers.dev`
  const publicUrl = `https://${host}`

  const origin = await originWay(run, wanted, team)
  const auth = await authBefore(run, wanted, { team, host, publicUrl })
  const settings: WorkerSettings = {
    name: worker,
    account: run.account,
    publicUrl,
    allowedOrigins: wanted.allowed_origins,
    ratePerMinute: wanted.rate_limit,
    auth,
    origin,
  }
  const upload = {
    name: worker,
    publicUrl,
    config: wranglerConfig(await readFile(COMMITTED, 'utf8'), MAIN, settings),
    secrets: secretsOf(pair, run.records.record),
    bundle,
  }
  await ensureWorker(run, upload, wrangler)
  return upload
}

async function teamOf({ cloudflare, account }: Run): Promise<string> {
  const found = await cloudflare.get(`/accounts/${account}/access/organizations`, Organization, {
    auth_domain: '<team>.cloudflareaccess.com',
  })
  if (found !== null) return found.auth_domain
  throw new DeployFailure(
    'This account has no Zero Trust organization yet. Open one.dash.cloudflare.com once, choose a team name and the Free plan (50 people), then run again.',
  )
}

async function subdomainOf({ cloudflare, account }: Run): Promise<string> {
  const found = await cloudflare.get(`/accounts/${account}/workers/subdomain`, Subdomain, {
    subdomain: '<subdomain>',
  })
  if (found !== null) return found.subdomain
  throw new DeployFailure(
    'This account has no workers.dev subdomain yet. Open Workers & Pages in Cloudflare’s dashboard once, which makes it, then run again.',
  )
}

async function originWay(
  run: Run,
  wanted: WantedDeployment,
  team: string,
): Promise<WorkerSettings['origin']> {
  const { worker, hostname, origin_address: address } = wanted
  const { id: tunnel } = await ensureTunnel(run, worker)
  if (hostname !== null) {
    await ensurePublicHostname(run, { worker, hostname, tunnel, address, team })
    return { hostname }
  }
  const service = await ensureVpcService(run, { name: `${worker}-origin`, tunnel, address })
  return { vpcService: service.id, host: `${worker}-origin` }
}

async function authBefore(
  run: Run,
  wanted: WantedDeployment,
  at: { team: string; host: string; publicUrl: string },
): Promise<WorkerSettings['auth']> {
  const { worker } = wanted
  const people = await ensurePolicy(run, peoplePolicy(worker, wanted.emails))
  if (wanted.auth === 'oauth') {
    await assertNotBehindAccess(run, at.host)
    const name = `${worker} sign-in`
    const app = await ensureOidcApp(run, { ...at, name, policy: people })
    const namespace = await ensureKvNamespace(run, `${worker}-oauth`)
    return {
      mode: 'oauth',
      issuer: app.issuer,
      clientId: app.client_id,
      authorizationUrl: app.authorization_url,
      tokenUrl: app.token_url,
      jwksUrl: app.jwks_url,
      kvNamespace: namespace.id,
      accessTokenS: wanted.token_hours === null ? null : wanted.token_hours * HOUR_S,
    }
  }
  const policies = [people]
  if (wanted.machines.length > 0)
    policies.push(await ensurePolicy(run, await machinesPolicy(run, worker, wanted.machines)))
  const issuer = `https://${at.team}`
  const app = await ensureApp(run, 'access_app', mcpApp(worker, at.host, policies))
  await run.records.made('access_app', { ...app, issuer })
  const everybody = await ensurePolicy(run, {
    part: 'health_policy',
    name: `${worker} health`,
    decision: 'bypass',
    include: [{ everyone: {} }],
  })
  const health = await ensureApp(run, 'health_app', healthApp(worker, at.host, everybody))
  await run.records.made('health_app', { id: health.id, name: health.name })
  return { mode: 'access', issuer, audiences: [app.audience] }
}
