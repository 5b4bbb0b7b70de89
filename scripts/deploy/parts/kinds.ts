import type { Part } from '#contract/deployment.ts'

/** What people call the parts of a deployment. */
export const KINDS: Readonly<Record<Part, string>> = {
  tunnel: 'tunnel',
  vpc_service: 'VPC service',
  dns_record: 'DNS record',
  origin_service_token: 'Access service token',
  origin_policy: 'Access policy',
  origin_app: 'Access application',
  people_policy: 'Access policy',
  machines_policy: 'Access policy',
  health_policy: 'Access policy',
  health_app: 'Access application',
  access_app: 'Access application',
  oidc_app: 'Access for SaaS application',
  kv_namespace: 'KV namespace',
  worker: 'Worker',
}
