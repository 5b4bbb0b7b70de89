import type { Stores } from '../stores.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version } from '../tools/version.ts'

/**
 * True only for a version that has at least one test and whose tests, all of them as they are now,
 * passed for exactly this text under what the sandbox runs tools with now. Whatever is unknown is no.
 */
export async function testsPass(
  { tests }: Pick<Stores, 'tests'>,
  version: Version,
): Promise<boolean> {
  const hash = versionHash(version, version.hashFormat)
  const kept = await tests.of(hash)
  const runtime = await tests.runtime(version.language)
  if (kept === null || kept.tests.length === 0 || runtime === null) return false
  const report = await tests.reported({ hash, digest: kept.digest, runtime })
  return report !== null && report.passed && report.cases.length === kept.tests.length
}
