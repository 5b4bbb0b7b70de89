import type { OriginReached } from '#contract/deploy-proof.ts'
import type { DeploymentRecord } from '#contract/deployment.ts'
import { setSecrets, type SetSecrets } from './set-secrets.ts'

const NEXT = {
  service_token: '<next service token>',
  assertion_key: '<next assertion key>',
  session_key: '<session key>',
}
const REACHED: OriginReached = { status: 'ok' }

/**
 * What giving the Worker new secrets would do, step by step: the very run, where all that it
 * reaches notes what is asked and pretends that it went well.
 * @throws DeployFailure as the run itself would
 */
export async function rehearseSecrets(
  { origin, cloudflare, atOnce }: Pick<SetSecrets, 'origin' | 'cloudflare' | 'atOnce'>,
  record: DeploymentRecord,
): Promise<string[]> {
  const steps: string[] = []
  const note = (step: string) => void steps.push(step)
  await setSecrets(
    {
      origin: {
        ...origin,
        async beginRotation() {
          note('POST /internal/rotation of the origin: it takes a next pair beside the current one')
          return { id: '<rotation>', secrets: NEXT }
        },
        async finishRotation(id) {
          note(`POST /internal/rotation/${id}/finish of the origin: the old pair is no longer good`)
        },
        async changeDeployment(revision) {
          note('PUT /internal/deployment of the origin: what the Worker holds now')
          return revision
        },
      },
      cloudflare,
      wrangler: {
        async setSecrets(worker, secrets) {
          note(`wrangler secret bulk --name ${worker}: ${Object.keys(secrets).join(', ')} (••••)`)
        },
      },
      verifier: {
        async fetch(input) {
          note(`GET ${input instanceof Request ? input.url : input.toString()}, until it is well`)
          return Response.json(REACHED)
        },
        now: () => Date.now(),
        pause: async (ms) =>
          note(`a wait of ${ms / 1000} s, until no open session uses the old pair`),
      },
      atOnce,
      say: () => {},
      hide: () => {},
    },
    record,
  )
  return steps
}
