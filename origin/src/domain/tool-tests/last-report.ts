import type { TestReport, ToolTests } from '#contract/tool-tests.ts'
import type { Stores } from '../stores.ts'

/** The tests of a text as they are now, and how exactly these went last; null for never. */
export async function lastReport(
  { tests }: Pick<Stores, 'tests'>,
  hash: string,
): Promise<{ cases: ToolTests; report: TestReport | null }> {
  const kept = await tests.of(hash)
  if (kept === null || kept.tests.length === 0) return { cases: [], report: null }
  return { cases: kept.tests, report: await tests.newestReport({ hash, digest: kept.digest }) }
}
