import { Part, type DeploymentRecord } from '#contract/deployment.ts'
import { KINDS } from './parts/kinds.ts'
import type { WantedDeployment } from './wanted.ts'

/** The parts that a deployment has when it is as wanted; what else is in its record is left over. */
export function partsOf(wanted: WantedDeployment): Set<Part> {
  return new Set<Part>([
    'tunnel',
    ...(wanted.route === 'vpc'
      ? (['vpc_service'] as const)
      : (['origin_service_token', 'origin_policy', 'origin_app', 'dns_record'] as const)),
    'people_policy',
    ...(wanted.machines.length > 0 ? (['machines_policy'] as const) : []),
    ...(wanted.auth === 'access'
      ? (['access_app', 'health_policy', 'health_app'] as const)
      : (['oidc_app', 'kv_namespace'] as const)),
    'worker',
  ])
}

/**
 * What a deployment made and does not use any more, each in words. Nothing is taken away that was
 * not said, so these stay at Cloudflare until somebody deletes them.
 */
export function leftoversOf(record: DeploymentRecord): string[] {
  if (record.wanted === null) return []
  const used = partsOf(record.wanted)
  return Part.options.filter((part) => !used.has(part)).flatMap((part) => inWords(part, record))
}

function inWords(part: Part, record: DeploymentRecord): string[] {
  const kept = record[part]
  if (kept === null) return []
  const words = `${KINDS[part]} “${kept.name}”${'id' in kept ? ` (${kept.id})` : ''}`
  if (part === 'origin_service_token') return [`${words}: a credential that is still good`]
  // The way is a line in the tunnel's settings, without an id of its own.
  if (part === 'dns_record') return [words, `way through the tunnel for ${kept.name}`]
  return [words]
}
