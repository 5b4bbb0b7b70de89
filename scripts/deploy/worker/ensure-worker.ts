import { createHash } from 'node:crypto'
import { z } from 'zod'
import { KINDS } from '../parts/kinds.ts'
import type { Run } from '../run.ts'
import { digestOf } from './secrets.ts'
import type { Bundle, Wrangler } from './wrangler.ts'

const Script = z.object({ id: z.string() })
const Secret = z.object({ name: z.string() })
const Deployments = z.object({ deployments: z.array(z.object({ id: z.string() })) })

/** What is uploaded. */
export interface Upload {
  name: string
  publicUrl: string
  /** The effective wrangler configuration. */
  config: string
  secrets: Record<string, string>
  bundle: Bundle
}

/**
 * Deploys the Worker unless exactly this is deployed already: same code, settings and secrets, and
 * nobody else deployed since.
 * @param wrangler null in a rehearsal
 */
export async function ensureWorker(
  run: Run,
  upload: Upload,
  wrangler: Wrangler | null,
): Promise<void> {
  const { records } = run
  const { name } = upload
  const what = `${KINDS.worker} “${name}”`
  const kept = records.record.worker?.name === name ? records.record.worker : null
  const digest = createHash('sha256')
    .update(upload.bundle.digest)
    .update(upload.config)
    .digest('hex')
  const secretsDigest = digestOf(upload.secrets)
  const exists = await workerExists(run, name)
  const ours = kept !== null || records.record.making.worker === name
  if (exists && !ours) await run.mayTakeOver({ part: 'worker', what, id: name })

  const wrong = exists ? await whatIsWrong() : null
  if (exists && wrong === null) {
    run.effect({ verb: 'keep', what })
    return
  }
  const verb = exists ? (ours ? 'change' : 'take over') : 'make'
  run.effect({ verb, what, ...(wrong !== null && { details: wrong }) })
  if (wrangler === null) return
  if (!exists) await records.making('worker', name)
  await wrangler.deploy(upload.config, upload.secrets)
  await records.made('worker', {
    name,
    public_url: upload.publicUrl,
    digest,
    secrets_digest: secretsDigest,
    deployment: await latestDeployment(run, name),
  })

  async function whatIsWrong(): Promise<string | null> {
    if (kept === null) return 'made by another'
    if (kept.digest !== digest) return 'other code or settings'
    if (kept.secrets_digest !== secretsDigest) return 'other secrets'
    if (kept.deployment !== (await latestDeployment(run, name))) return 'somebody deployed it since'
    const held = await run.cloudflare.list(
      `/accounts/${run.account}/workers/scripts/${name}/secrets`,
      Secret,
    )
    const lacking = Object.keys(upload.secrets).filter(
      (secret) => !held.some((one) => one.name === secret),
    )
    return lacking.length === 0 ? null : `lacks ${lacking.join(', ')}`
  }
}

export async function workerExists(
  { cloudflare, account }: Pick<Run, 'cloudflare' | 'account'>,
  name: string,
): Promise<boolean> {
  const scripts = await cloudflare.get(`/accounts/${account}/workers/scripts`, z.array(Script), [])
  return scripts?.some(({ id }) => id === name) === true
}

/** Cloudflare's id of what is in service; each upload and each change of secrets makes a new one. */
export async function latestDeployment(
  { cloudflare, account }: Pick<Run, 'cloudflare' | 'account'>,
  name: string,
): Promise<string | null> {
  const found = await cloudflare.get(
    `/accounts/${account}/workers/scripts/${name}/deployments`,
    Deployments,
  )
  return found?.deployments[0]?.id ?? null
}
