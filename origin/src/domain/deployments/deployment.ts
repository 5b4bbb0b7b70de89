import { z } from 'zod'
import { DeploymentRecord } from '#contract/deployment.ts'
import type { Doer } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { SettingStore } from '../settings.ts'
import type { Within } from '../stores.ts'

const Kept = z.object({ revision: z.int(), record: DeploymentRecord })
/** What exists at Cloudflare, and how often that was changed. */
export type KeptDeployment = z.infer<typeof Kept>

const nothing = () => JSON.stringify({ revision: 0, record: DeploymentRecord.parse({}) })

export async function readDeployment(settings: Pick<SettingStore, 'get'>): Promise<KeptDeployment> {
  return Kept.parse(JSON.parse((await settings.get('deployment')) ?? nothing()))
}

/**
 * Keeps a new record in the place of the one of `revision`.
 * @returns the new revision
 * @throws Refusal deployment_changed when somebody else kept one since
 */
export function changeDeployment(
  within: Within,
  { revision, record }: { revision: number; record: DeploymentRecord },
  by: Doer,
) {
  return within(async ({ settings, activity }) => {
    await settings.keep('deployment', nothing())
    const locked = await settings.locked('deployment')
    const kept = Kept.parse(JSON.parse(locked ?? nothing()))
    if (kept.revision !== revision)
      return refuse(
        'deployment_changed',
        'Another run of deploy-worker changed the record of what exists at Cloudflare meanwhile; run again.',
      )
    const next = { revision: revision + 1, record }
    await settings.set('deployment', JSON.stringify(next))
    await activity.record({
      ...by,
      action: 'deployment.changed',
      subject: record.worker?.name ?? record.wanted?.worker ?? 'worker',
      details: { revision: next.revision },
    })
    return next.revision
  })
}
