import { type FactsRequest, type PackageFacts, unknownFacts } from '#contract/packages.ts'
import { Refusal } from '../refusal.ts'
import type { Version } from '../tools/version.ts'
import type { PackageSource } from './package-source.ts'

/** What is known of all that a version's packages bring; see {@link factsAbout}. */
export function factsOf(
  source: Pick<PackageSource, 'facts'>,
  { moduleLock }: Pick<Version, 'moduleLock'>,
  signal: AbortSignal,
): Promise<PackageFacts[]> {
  const packages = (moduleLock?.packages ?? []).map(({ name, version }) => ({ name, version }))
  return factsAbout(source, packages, signal)
}

/** What is known of packages. Never fails for want of an answer: what cannot be asked is unknown. */
export async function factsAbout(
  source: Pick<PackageSource, 'facts'>,
  packages: FactsRequest['packages'],
  signal: AbortSignal,
): Promise<PackageFacts[]> {
  if (packages.length === 0) return []
  try {
    return await source.facts(packages, signal)
  } catch (fault) {
    if (fault instanceof Refusal) return packages.map(unknownFacts)
    throw fault
  }
}
