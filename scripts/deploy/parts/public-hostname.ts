import { z } from 'zod'
import type { DeploymentRecord } from '#contract/deployment.ts'
import { differences, ensure } from '../ensure.ts'
import { DeployFailure } from '../failure.ts'
import type { Run } from '../run.ts'
import { ensureApp, originApp } from './access-app.ts'
import { ensurePolicy } from './access-policy.ts'

const Zone = z.object({ id: z.string(), name: z.string() })
const DnsRecord = z.looseObject({ id: z.string(), name: z.string() })
const Token = z.object({
  id: z.string(),
  name: z.string(),
  client_id: z.string(),
  client_secret: z.string().optional(),
})
type Token = z.infer<typeof Token>
const Ingress = z.looseObject({ hostname: z.string().optional(), service: z.string() })
const Configuration = z.object({
  config: z.looseObject({ ingress: z.array(Ingress).nullish() }).nullish(),
})

/** What the Worker sends to Access, to be let through to the origin. */
type OriginToken = NonNullable<DeploymentRecord['origin_service_token']>

/**
 * A public name for the tunnel door, behind Access: first who may come in, then the way in. The
 * name leads nowhere before Access stands before it.
 */
export async function ensurePublicHostname(
  run: Run,
  wanted: { worker: string; hostname: string; tunnel: string; address: string; team: string },
): Promise<OriginToken> {
  const { worker, hostname } = wanted
  const zone = await zoneOf(run, hostname)
  const token = await ensureToken(run, `${worker} to origin`)
  const policy = await ensurePolicy(run, {
    part: 'origin_policy',
    name: `${worker} to origin`,
    decision: 'non_identity',
    include: [{ service_token: { token_id: token.id } }],
  })
  const app = await ensureApp(run, 'origin_app', originApp(worker, hostname, policy))
  await run.records.made('origin_app', app)
  await ensureIngress(run, wanted, app.audience)
  await ensureDns(run, zone, hostname, wanted.tunnel)
  return token
}

async function zoneOf(run: Run, hostname: string): Promise<string> {
  const zones = await run.cloudflare.list(`/zones?account.id=${run.account}`, Zone)
  const zone = zones
    .filter(({ name }) => hostname === name || hostname.endsWith(`.${name}`))
    .toSorted((a, b) => b.name.length - a.name.length)[0]
  if (zone !== undefined) return zone.id
  if (run.account.includes('<')) return '<zone>'
  throw new DeployFailure(
    `No zone of this account holds ${hostname} (there are: ${zones.map(({ name }) => name).join(', ') || 'none'}). Take a name in one of them, or --origin vpc, which needs no name.`,
  )
}

async function ensureToken(run: Run, name: string): Promise<OriginToken> {
  const { cloudflare, account, records } = run
  const kept = records.record.origin_service_token
  const tokens = `/accounts/${account}/access/service_tokens`
  const pretend = {
    id: '<service token>',
    name,
    client_id: '<client id>',
    client_secret: '<client secret>',
  }
  const found = await ensure<Token>(run, {
    part: 'origin_service_token',
    name,
    find: () => cloudflare.list(tokens, Token),
    make: () =>
      cloudflare.write(
        { method: 'POST', path: tokens, body: { name, duration: '87600h' } },
        Token,
        pretend,
      ),
    secretIsKept: kept !== null,
    renewLost: (token) =>
      cloudflare.write(
        { method: 'POST', path: `${tokens}/${token.id}/rotate`, body: {} },
        Token,
        pretend,
      ),
    wrong: () => null,
    change: async (token) => token,
  })
  const secret = found.client_secret ?? kept?.client_secret
  if (secret === undefined)
    throw new DeployFailure(`Cloudflare gave the service token “${name}” no secret.`)
  const token = { id: found.id, name, client_id: found.client_id, client_secret: secret }
  await records.made('origin_service_token', token)
  return token
}

/** cloudflared checks the token of Access itself, too ("Validate JWTs", originRequest.access). */
async function ensureIngress(
  run: Run,
  { hostname, tunnel, address, team }: Parameters<typeof ensurePublicHostname>[1],
  audience: string,
): Promise<void> {
  const path = `/accounts/${run.account}/cfd_tunnel/${tunnel}/configurations`
  const rule = {
    hostname,
    service: `http://${address}`,
    originRequest: {
      access: {
        required: true,
        teamName: team.replace(/\.cloudflareaccess\.com$/, ''),
        audTag: [audience],
      },
    },
  }
  const now = await run.cloudflare.get(path, Configuration)
  const rules = now?.config?.ingress ?? []
  const what = `way through the tunnel for ${hostname}`
  const existing = rules.find((one) => one.hostname === hostname)
  if (existing !== undefined && differences(existing, rule) === null) {
    run.effect({ verb: 'keep', what })
    return
  }
  run.effect({ verb: existing === undefined ? 'make' : 'change', what })
  const others = rules.filter((one) => one.hostname !== hostname && one.hostname !== undefined)
  const ingress = [rule, ...others, { service: 'http_status:404' }]
  await run.cloudflare.write(
    { method: 'PUT', path, body: { config: { ...now?.config, ingress } } },
    z.unknown(),
    null,
  )
}

async function ensureDns(run: Run, zone: string, hostname: string, tunnel: string): Promise<void> {
  const records = `/zones/${zone}/dns_records`
  const body = {
    type: 'CNAME',
    proxied: true,
    name: hostname,
    content: `${tunnel}.cfargotunnel.com`,
  }
  const put = (path: string, method: 'POST' | 'PUT') =>
    run.cloudflare.write({ method, path, body }, DnsRecord, { id: '<dns record>', name: hostname })
  const made = await ensure(run, {
    part: 'dns_record',
    name: hostname,
    find: () => run.cloudflare.list(`${records}?name=${hostname}`, DnsRecord),
    make: () => put(records, 'POST'),
    wrong: (found) => differences(found, body),
    change: (found) => put(`${records}/${found.id}`, 'PUT'),
  })
  await run.records.made('dns_record', { id: made.id, name: hostname, zone_id: zone })
}
