import { isDeepStrictEqual } from 'node:util'
import type { Deployment, DeploymentRecord, Part } from '#contract/deployment.ts'
import { OriginRefused, type OriginClient } from './origin-client.ts'

/** The record of what exists at Cloudflare, written back to the origin after each thing that is made. */
export interface RecordKeeper {
  readonly record: DeploymentRecord
  change(change: Partial<DeploymentRecord>): Promise<void>
  /** Says that a part is about to be made under this name. */
  making(part: Part, name: string): Promise<void>
  /** Keeps a part that was made or found. */
  made<P extends Part>(part: P, value: DeploymentRecord[P]): Promise<void>
}

/** @param origin null: nothing is written, as in a rehearsal */
export function recordKeeper(start: Deployment, origin: OriginClient | null): RecordKeeper {
  let { record, revision } = start

  async function keep(change: (record: DeploymentRecord) => DeploymentRecord): Promise<void> {
    const next = change(record)
    if (isDeepStrictEqual(next, record)) return
    if (origin !== null) revision = await origin.changeDeployment(revision, next)
    record = next
  }

  return {
    get record() {
      return record
    },
    change: (change) => keep((it) => ({ ...it, ...change })),
    making: (part, name) => keep((it) => ({ ...it, making: { ...it.making, [part]: name } })),
    made: (part, value) =>
      keep((it) => {
        const { [part]: _made, ...making } = it.making
        return { ...it, [part]: value, making }
      }),
  }
}

const TRIES = 5

/** Changes only what concerns the Worker, whatever another run changes at the same time. */
export async function noteWorker(
  origin: OriginClient,
  change: (worker: NonNullable<DeploymentRecord['worker']>) => DeploymentRecord['worker'],
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { record, revision } = await origin.deployment()
    if (record.worker === null) return
    try {
      await origin.changeDeployment(revision, { ...record, worker: change(record.worker) })
      return
    } catch (fault) {
      const late = fault instanceof OriginRefused && fault.code === 'deployment_changed'
      if (!late || tries === TRIES) throw fault
    }
  }
}
