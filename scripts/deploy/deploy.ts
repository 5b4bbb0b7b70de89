import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { DeploymentRecord } from '#contract/deployment.ts'
import { confirm, takingOver } from './asking.ts'
import { bring } from './bring.ts'
import type { Cloudflare } from './cloudflare/cloudflare.ts'
import { rehearsal } from './cloudflare/rehearsal.ts'
import { restClient } from './cloudflare/rest-client.ts'
import { DeployFailure } from './failure.ts'
import { leftoversOf } from './leftovers.ts'
import { readFlags, DEPLOY_USAGE, type Flags } from './options.ts'
import { originClient, type OriginClient } from './origin-client.ts'
import { chooseAccount, preflight } from './preflight.ts'
import { recordKeeper } from './record-keeper.ts'
import type { Effect, Run } from './run.ts'
import { drain, setSecrets } from './set-secrets.ts'
import { shownEffects, shownList, shownRehearsal, shownWanted } from './show.ts'
import { discreet, type DiscreetTerminal, type Terminal } from './terminal.ts'
import { rehearseSecrets } from './secrets-rehearsal.ts'
import { seeAll } from './see-all.ts'
import type { Verifier } from './verify.ts'
import { wantedDeployment } from './wanted.ts'
import type { Wrangler, WranglerOptions } from './worker/wrangler.ts'

/** Where a deployment runs, and what it reaches. */
export interface Surroundings {
  terminal: Terminal
  env: NodeJS.ProcessEnv
  /** Opens `/internal` of the origin. */
  deployKey: () => Promise<string>
  /** For the effective configuration, outside of git. */
  folder: string
  /** How the deployed Worker and its identity provider are visited. */
  verifier: Verifier
  wranglerIn: (options: WranglerOptions) => Wrangler
}

/**
 * `npx mcpbox deploy-worker`: plan, show, ask, apply, verify.
 * @throws DeployFailure with sentences for the person who runs it
 */
export async function deployWorker(args: string[], around: Surroundings): Promise<void> {
  const flags = readFlags(args)
  const terminal = discreet(around.terminal)
  if (flags.help) return terminal.say(DEPLOY_USAGE)
  const { env } = around
  const token = env['CLOUDFLARE_API_TOKEN'] ?? ''
  terminal.hide(token)
  const deployKey = await around.deployKey()
  terminal.hide(deployKey)
  if (token === '' && !flags['dry-run'])
    throw new DeployFailure(
      'Set CLOUDFLARE_API_TOKEN to an API token of your account; docs/remote-access.md says which permissions it needs.',
    )
  const reads = token === '' ? null : restClient({ token, base: env['CLOUDFLARE_API_BASE_URL'] })
  const origin = originClient(
    flags.url ?? env['MCPBOX_ADMIN_URL'] ?? 'http://127.0.0.1:3000',
    deployKey,
  )
  const deploying: Deploying = { ...around, flags, terminal, origin, reads }
  try {
    await (flags['set-secrets'] ? renewSecrets(deploying) : deploy(deploying))
  } catch (fault) {
    if (!(fault instanceof DeployFailure)) throw fault
    // Words of wrangler and Cloudflare may repeat what they were given.
    throw new DeployFailure(terminal.covered(fault.message), { cause: fault.cause })
  }
}

interface Deploying extends Surroundings {
  flags: Flags
  terminal: DiscreetTerminal
  origin: OriginClient
  /** Null in a dry run without a token. */
  reads: Cloudflare | null
}

async function renewSecrets(deploying: Deploying): Promise<void> {
  const { origin, terminal, flags, reads } = deploying
  const { record } = await origin.deployment()
  hideSecretsOf(record, terminal)
  if (flags['dry-run'] || reads === null) {
    const rehearsed = { origin, cloudflare: reads, atOnce: flags['at-once'] }
    const steps = await rehearseSecrets(rehearsed, record)
    terminal.say(`Would do, changing nothing yet:\n${shownList(steps)}`)
    return
  }
  const { env, folder, verifier, wranglerIn } = deploying
  await setSecrets(
    {
      origin,
      cloudflare: reads,
      wrangler: wranglerIn({ folder, env, account: record.account_id ?? '' }),
      verifier,
      atOnce: flags['at-once'],
      say: terminal.say,
      hide: terminal.hide,
    },
    record,
  )
}

async function deploy(deploying: Deploying): Promise<void> {
  const { flags, terminal, origin, reads, env, folder, verifier, wranglerIn } = deploying
  const start = await origin.deployment()
  const rotation = await origin.rotation()
  // The next pair is good, too; a rotation that broke off is ended by deploying it.
  const pair = rotation?.secrets ?? (await origin.secrets())
  for (const secret of Object.values(pair)) terminal.hide(secret)
  hideSecretsOf(start.record, terminal)
  const wanted = await wantedDeployment(flags, start, terminal)
  const account =
    reads === null
      ? (flags.account ?? start.record.account_id ?? '<account>')
      : await chooseAccount(reads, flags, start.record.account_id, terminal)
  if (reads !== null) await preflight(reads, account, wanted)
  const wrangler = wranglerIn({ folder, env, account })
  const bundle = await wrangler.bundle()
  terminal.say(shownWanted(wanted, account))

  const mayTakeOver = takingOver(flags, terminal)
  const passing = (cloudflare: Cloudflare, real: boolean) => {
    const effects: Effect[] = []
    const run: Run = {
      cloudflare,
      account,
      records: recordKeeper(start, real ? origin : null),
      effect: (effect) => void effects.push(effect),
      mayTakeOver,
      fetch: verifier.fetch,
    }
    return { run, effects }
  }

  const plan = rehearsal(reads)
  const planned = passing(plan, false)
  const upload = await bring(planned.run, wanted, pair, bundle, null)
  terminal.say(`\nPlan:\n${shownEffects(planned.effects)}`)
  if (flags['dry-run'] || reads === null) {
    terminal.say(`\n${shownRehearsal(plan.writes, upload)}\n\nNothing was done.`)
    return
  }
  if (planned.effects.some(({ verb }) => verb !== 'keep')) await confirm(flags, terminal)

  const real = passing(reads, true)
  const { records } = real.run
  try {
    await bring(real.run, wanted, pair, bundle, onlyWhileGood(wrangler, pair, origin))
  } finally {
    // What it made has secrets of its own.
    hideSecretsOf(records.record, terminal)
  }
  const publicUrl = records.record.worker?.public_url ?? upload.publicUrl
  const made = real.effects.filter(({ verb }) => verb !== 'keep')
  terminal.say(made.length === 0 ? '\nNothing had to be changed.' : '\nDone.')
  const leftovers = leftoversOf(records.record)
  if (leftovers.length > 0)
    terminal.say(`Not used any more, and left as it was:\n${shownList(leftovers)}`)
  // Said before anything can be found wrong with it: the first look is there before cloudflared is.
  terminal.say(
    `\nThe address for MCP clients: ${publicUrl}/mcp\nIt works while cloudflared keeps the tunnel open: docs/remote-access.md#keep-the-tunnel-open`,
  )
  await seeAll(verifier, { publicUrl, serviceToken: pair.service_token, say: terminal.say })
  if (rotation !== null) {
    await drain({ verifier, say: terminal.say, atOnce: flags['at-once'] })
    await origin.finishRotation(rotation.id)
    terminal.say('The rotation of secrets that was under way is finished.')
  }
}

/** Uploads nothing that another run has retired since it was read: people take their time to say yes. */
function onlyWhileGood(wrangler: Wrangler, pair: WorkerSecrets, origin: OriginClient): Wrangler {
  const isPair = (other: WorkerSecrets | undefined) =>
    other?.service_token === pair.service_token && other.assertion_key === pair.assertion_key
  return {
    ...wrangler,
    async deploy(config, secrets) {
      const [rotation, current] = [await origin.rotation(), await origin.secrets()]
      if (!isPair(current) && !isPair(rotation?.secrets))
        throw new DeployFailure(
          'Another run changed the secrets meanwhile. The Worker was left as it is; run npx mcpbox deploy-worker again.',
        )
      await wrangler.deploy(config, secrets)
    },
  }
}

function hideSecretsOf(record: DeploymentRecord, { hide }: DiscreetTerminal): void {
  hide(record.tunnel?.token ?? null)
  hide(record.oidc_app?.client_secret ?? null)
  hide(record.origin_service_token?.client_secret ?? null)
}
