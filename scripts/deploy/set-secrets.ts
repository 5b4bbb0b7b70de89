import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { DeploymentRecord } from '#contract/deployment.ts'
import type { Cloudflare } from './cloudflare/cloudflare.ts'
import { DeployFailure } from './failure.ts'
import { OriginRefused, type OriginClient } from './origin-client.ts'
import { noteWorker } from './record-keeper.ts'
import { seeOrigin, type Verifier } from './verify.ts'
import { latestDeployment, workerExists } from './worker/ensure-worker.ts'
import { digestOf, secretsOf } from './worker/secrets.ts'
import type { Wrangler } from './worker/wrangler.ts'

const TRIES = 3

export interface SetSecrets {
  origin: OriginClient
  /** Null in a rehearsal without a token: the record is believed then. */
  cloudflare: Cloudflare | null
  wrangler: Pick<Wrangler, 'setSecrets'>
  verifier: Verifier
  /** Ends the old secrets without waiting for open sessions, as after they became known. */
  atOnce: boolean
  say: (text: string) => void
  hide: (secret: string) => void
}

/**
 * Gives the Worker new secrets without a call lost: the origin takes old and new ones until the
 * Worker was seen to get in with the new ones. It can break anywhere and be run again.
 * @throws DeployFailure that says what holds now and how to go on
 */
export async function setSecrets(parts: SetSecrets, record: DeploymentRecord): Promise<void> {
  const { origin, cloudflare, say } = parts
  const { worker, account_id: account } = record
  if (
    worker === null ||
    account === null ||
    (cloudflare !== null && !(await workerExists({ cloudflare, account }, worker.name)))
  )
    throw new DeployFailure('There is no deployed Worker yet: run npx mcpbox deploy-worker.')

  for (let tries = 1; ; tries++) {
    const { id, secrets } = await origin.beginRotation()
    for (const secret of Object.values(secrets)) parts.hide(secret)
    say('The origin takes a next pair of secrets beside the current one.')
    await upload(parts, worker.name, secretsOf(secrets, record))
    say('The Worker has the next ones.')
    await prove(parts, worker.public_url, secrets)
    say('The Worker reaches the origin with them.')
    await drain(parts)
    // Another run may have given the Worker other secrets meanwhile: looked at before and after.
    const sees = () => seeOrigin(parts.verifier, worker.public_url, secrets.service_token)
    if ((await sees()).ok && (await finish(origin, id))) {
      if ((await sees()).ok) {
        const deployment =
          cloudflare === null
            ? worker.deployment
            : await latestDeployment({ cloudflare, account }, worker.name)
        const digest = digestOf(secretsOf(secrets, record))
        await noteWorker(origin, (it) => ({ ...it, secrets_digest: digest, deployment }))
        say('The old secrets are no longer good. Done.')
        return
      }
    }
    if (tries === TRIES)
      throw new DeployFailure(
        'Other runs give the Worker other secrets at the same time. Let one alone run: npx mcpbox deploy-worker --set-secrets',
      )
    say('Another run rotated meanwhile; once more.')
  }
}

/**
 * Sessions that are open run on with the Worker's version they began with, and so with the old
 * secrets, for five minutes at most: wrangler uploads with a `code_update_strategy` of `deferred`
 * and a `max_delay` of 300 s.
 */
const DRAIN_MS = 330_000

/** Waits until nothing of the Worker uses the old secrets any more, unless that is not to be waited for. */
export async function drain({
  verifier,
  say,
  atOnce,
}: Pick<SetSecrets, 'verifier' | 'say' | 'atOnce'>): Promise<void> {
  if (atOnce) return
  say(
    `Open sessions may use the old secrets for up to ${Math.ceil(DRAIN_MS / 60_000)} minutes more; until then both are good. Waiting …`,
  )
  await verifier.pause(DRAIN_MS)
}

const GO_ON =
  'The Worker and the origin work on with the current secrets; the next ones wait. Run npx mcpbox deploy-worker --set-secrets again to go on.'

async function upload({ wrangler }: SetSecrets, worker: string, secrets: Record<string, string>) {
  try {
    await wrangler.setSecrets(worker, secrets)
  } catch (fault) {
    if (!(fault instanceof DeployFailure)) throw fault
    throw new DeployFailure(`The secrets were not uploaded. ${GO_ON}\n${fault.message}`)
  }
}

async function prove({ verifier }: SetSecrets, publicUrl: string, secrets: WorkerSecrets) {
  const sight = await seeOrigin(verifier, publicUrl, secrets.service_token)
  if (sight.ok) return
  throw new DeployFailure(
    `The Worker was not seen to reach the origin with the next secrets: ${sight.saw}. ${sight.next}\nBoth the current and the next secrets are good at the origin, so whichever the Worker holds, it works. When the cause is gone, run npx mcpbox deploy-worker --set-secrets again to go on.`,
  )
}

/** @returns false when another rotation took the place of this one */
async function finish(origin: OriginClient, id: string): Promise<boolean> {
  try {
    await origin.finishRotation(id)
    return true
  } catch (fault) {
    if (fault instanceof OriginRefused && fault.code === 'rotation_unknown') return false
    throw fault
  }
}
