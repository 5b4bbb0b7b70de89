import { createHash } from 'node:crypto'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import type { DeploymentRecord } from '#contract/deployment.ts'
import { DeployFailure } from '../failure.ts'

/** The Worker's secrets by the names that worker/src/config.ts reads. */
export function secretsOf(
  pair: WorkerSecrets,
  record: Pick<DeploymentRecord, 'wanted' | 'oidc_app' | 'origin_service_token'>,
): Record<string, string> {
  const { wanted, oidc_app: oidc, origin_service_token: token } = record
  const missing = (what: string) =>
    new DeployFailure(`The record of this deployment lacks ${what}; run npx mcpbox deploy-worker.`)
  if (wanted === null) throw missing('what was asked for')
  const secrets: Record<string, string> = {
    SERVICE_TOKEN: pair.service_token,
    ASSERTION_KEY: pair.assertion_key,
    SESSION_KEY: pair.session_key,
  }
  if (wanted.auth === 'oauth') {
    if (oidc === null) throw missing('the sign-in application')
    secrets['OIDC_CLIENT_SECRET'] = oidc.client_secret
  }
  if (wanted.route === 'hostname') {
    if (token === null) throw missing('the service token for the origin')
    secrets['ORIGIN_ACCESS_CLIENT_ID'] = token.client_id
    secrets['ORIGIN_ACCESS_CLIENT_SECRET'] = token.client_secret
  }
  return secrets
}

/** One digest of them all, SHA-256 in hex, to see whether the Worker holds these. */
export function digestOf(secrets: Record<string, string>): string {
  const entries = Object.entries(secrets).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex')
}
