import {
  DEPLOY_PROOF_HEADER,
  deployProof,
  ORIGIN_HEALTH_PATH,
  OriginReached,
} from '#contract/deploy-proof.ts'
import type { WorkerReach } from '#contract/health.ts'
import { ProblemBody } from '#contract/problem.ts'
import { readDeployment } from '../../../domain/deployments/deployment.ts'
import type { SettingStore } from '../../../domain/settings.ts'
import { readKeyRing } from '../../../domain/tunnel-keys/rotate.ts'

const ANSWER_MS = 5_000
/** Whoever asks again within this hears the same. */
const KEPT_MS = 15_000
const MOST_SAID = 300

/**
 * Asks the deployed Worker, over the internet, whether it reaches this origin: the whole way that a
 * call takes, but for the sign-in. Null when no Worker is deployed.
 */
export function workerReach(
  settings: SettingStore,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): () => Promise<WorkerReach | null> {
  let known: { at: number; reach: Promise<WorkerReach | null> } | null = null

  async function ask(): Promise<WorkerReach | null> {
    const { record } = await readDeployment(settings)
    if (record.worker === null) return null
    const url = record.worker.public_url
    const { current } = await readKeyRing(settings)
    try {
      const proof = await deployProof(current.serviceToken, Date.now())
      const response = await fetch(new URL(ORIGIN_HEALTH_PATH, url), {
        headers: { [DEPLOY_PROOF_HEADER]: proof },
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      const body: unknown = await response.json().catch(() => null)
      if (response.ok && OriginReached.safeParse(body).success)
        return { url, reaches_origin: true, said: 'ok' }
      const problem = ProblemBody.safeParse(body)
      const said = problem.success ? problem.data.detail : `It answered ${response.status}.`
      return { url, reaches_origin: false, said: said.slice(0, MOST_SAID) }
    } catch (fault) {
      const said = fault instanceof Error ? `It cannot be asked: ${fault.message}` : String(fault)
      return { url, reaches_origin: false, said }
    }
  }

  return () => {
    if (known === null || Date.now() - known.at > KEPT_MS) known = { at: Date.now(), reach: ask() }
    return known.reach
  }
}
