import { z } from 'zod'
import type { Cloudflare } from './cloudflare/cloudflare.ts'
import { NotPermitted } from './cloudflare/rest-client.ts'
import { DeployFailure } from './failure.ts'
import type { Flags } from './options.ts'
import type { Terminal } from './terminal.ts'
import type { WantedDeployment } from './wanted.ts'

const Account = z.object({ id: z.string(), name: z.string() })
const Anything = z.unknown()

/**
 * The account to deploy to: the one named, or the one known, or the only one.
 * @throws DeployFailure that lists them when there are several and nobody can be asked
 */
export async function chooseAccount(
  cloudflare: Cloudflare,
  flags: Flags,
  known: string | null,
  { ask, say }: Terminal,
): Promise<string> {
  if (flags.account !== undefined && known !== null && flags.account !== known)
    throw new DeployFailure(
      `This MCPbox is deployed to the account ${known}; what exists there would be left behind. Its record can only be of one account.`,
    )
  const named = flags.account ?? known
  if (named !== null) return named
  const accounts = await cloudflare.list('/accounts', Account)
  const [first] = accounts
  if (first === undefined)
    throw new DeployFailure(
      'This API token sees no account. Give it “Account · Account Settings · Read”, or say which: --account <id>.',
    )
  if (accounts.length === 1) return first.id
  const listed = accounts.map(({ id, name }) => `  ${id}  ${name}`).join('\n')
  if (ask === null || flags.yes)
    throw new DeployFailure(
      `The token sees several accounts; say which (--account <id>):\n${listed}`,
    )
  say(`The token sees several accounts:\n${listed}`)
  const answer = (await ask('Which id? ')).trim()
  if (accounts.some(({ id }) => id === answer)) return answer
  throw new DeployFailure(`None of them is “${answer}”.`)
}

/**
 * Reads once from everything that a run needs, so that a missing permission stops it before the
 * first change.
 * @throws DeployFailure that names every permission that is missing
 */
export async function preflight(
  cloudflare: Cloudflare,
  account: string,
  wanted: WantedDeployment,
): Promise<void> {
  const at = `/accounts/${account}`
  const paths = [
    `${at}/access/organizations`,
    `${at}/access/apps`,
    `${at}/access/policies`,
    `${at}/workers/scripts`,
    `${at}/workers/subdomain`,
    `${at}/cfd_tunnel`,
    ...(wanted.route === 'vpc' ? [`${at}/connectivity/directory/services`] : []),
    ...(wanted.route === 'hostname' ? ['/zones'] : []),
    ...(wanted.route === 'hostname' || wanted.machines.length > 0
      ? [`${at}/access/service_tokens`]
      : []),
    ...(wanted.auth === 'oauth' ? [`${at}/storage/kv/namespaces`] : []),
  ]
  const missing = new Map<string, string>()
  let refused = 0
  for (const path of paths) {
    try {
      await cloudflare.get(path, Anything)
    } catch (fault) {
      if (!(fault instanceof NotPermitted)) throw fault
      missing.set(fault.permission, path)
      refused++
    }
  }
  if (missing.size === 0) return
  if (refused === paths.length)
    throw new DeployFailure(
      'Cloudflare does not take this CLOUDFLARE_API_TOKEN for this account at all. See that it is copied whole, has not expired, and is for this account.',
    )
  const lines = [...missing].map(([permission, path]) => `  ${permission}  (for ${path})`)
  throw new DeployFailure(
    `The API token lacks:\n${lines.join('\n')}\nAdd what is missing at dash.cloudflare.com → My Profile → API Tokens → your token → Edit, then run again. Nothing was changed.`,
  )
}
