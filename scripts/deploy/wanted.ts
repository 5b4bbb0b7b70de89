import type { Deployment, DeploymentRecord } from '#contract/deployment.ts'
import { DeployFailure } from './failure.ts'
import type { Flags } from './options.ts'
import type { Terminal } from './terminal.ts'

export type WantedDeployment = NonNullable<DeploymentRecord['wanted']>

/**
 * What is to be deployed: what is said now, or else was said the last time, or else the default.
 * @throws DeployFailure when something is missing that nobody can be asked for, or may not change
 */
export async function wantedDeployment(
  flags: Flags,
  { record, tunnel_door: tunnelDoor }: Deployment,
  terminal: Terminal,
): Promise<WantedDeployment> {
  const last = record.wanted
  const worker = flags.worker ?? last?.worker ?? 'mcpbox'
  if (last !== null && worker !== last.worker)
    throw new DeployFailure(
      `This MCPbox is deployed as “${last.worker}”. All that exists at Cloudflare bears that name, so it cannot be deployed as “${worker}” as well.`,
    )
  const auth = flags.auth ?? last?.auth ?? 'access'
  const machines = flags.machine ?? last?.machines ?? []
  if (auth === 'oauth' && machines.length > 0)
    throw new DeployFailure('--machine goes with --auth access only.')
  if (auth === 'access' && flags['token-hours'] !== undefined)
    throw new DeployFailure(
      '--token-hours goes with --auth oauth only; with --auth access Cloudflare’s tokens live for 15 minutes.',
    )
  const route = flags.origin ?? last?.route ?? 'vpc'
  const hostname = flags.hostname ?? last?.hostname ?? null
  if (route === 'hostname' && hostname === null)
    throw new DeployFailure('--origin hostname needs --hostname, such as origin.example.com.')
  if (flags.hostname !== undefined && route === 'vpc')
    throw new DeployFailure('--hostname goes with --origin hostname only.')
  return {
    worker,
    auth,
    emails: flags.email ?? last?.emails ?? (await askForEmails(flags, terminal)),
    machines,
    allowed_origins: flags['allowed-origin'] ?? last?.allowed_origins ?? [],
    route,
    origin_address: flags['origin-address'] ?? last?.origin_address ?? tunnelDoor,
    hostname: route === 'hostname' ? hostname : null,
    rate_limit: flags['rate-limit'] ?? last?.rate_limit ?? null,
    token_hours: auth === 'oauth' ? (flags['token-hours'] ?? last?.token_hours ?? null) : null,
  }
}

async function askForEmails(flags: Flags, { ask }: Terminal): Promise<string[]> {
  if (flags['dry-run']) return ['<your e-mail address>']
  const missing = new DeployFailure('Say who may come in: --email you@example.com')
  if (ask === null || flags.yes) throw missing
  const answer = await ask('E-mail addresses that may come in, with commas between: ')
  const emails = answer.split(',').map((email) => email.trim().toLowerCase())
  if (emails.some((email) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))) throw missing
  return emails
}
