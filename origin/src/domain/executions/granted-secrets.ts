import type { BoundSecret } from '#contract/egress.ts'
import type { Manifest } from '#contract/manifest.ts'
import { wireName, type SecretName } from '#contract/names.ts'
import { readSecretGrant } from '#contract/secret-grant.ts'
import { refuse } from '../refusal.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { Version } from '../tools/version.ts'

/** The secrets of one run, each on the way that the manifest grants it, and on no other. */
export interface GrantedSecrets {
  /** What the code reads. */
  readable: Record<string, string>
  /** What the broker sends, and the code does not hold. */
  bound: BoundSecret[]
  /** All of them, by name: what nobody is to be told. */
  values: ReadonlyMap<SecretName, string>
}

/** @throws Refusal secret_unset */
export async function grantedSecrets(
  store: Pick<SecretStore, 'values'>,
  { server, tool, toolId }: Pick<Version, 'server' | 'tool' | 'toolId'>,
  manifest: Pick<Manifest, 'secrets'>,
): Promise<GrantedSecrets> {
  const grants = manifest.secrets.map(readSecretGrant)
  const names = [...new Set(grants.map(({ name }) => name))]
  const values = await store.values(toolId, names)
  const unset = names.filter((name) => !values.has(name))
  if (unset.length > 0)
    refuse(
      'secret_unset',
      `"${wireName(server, tool)}" needs ${unset.join(', ')}; a person must set the value first.`,
    )
  const granted: GrantedSecrets = { readable: {}, bound: [], values }
  for (const { name, place } of grants) {
    const value = values.get(name) ?? ''
    if (place === null) granted.readable[name] = value
    else granted.bound.push({ name, value, host: place.host, header: place.header })
  }
  return granted
}
