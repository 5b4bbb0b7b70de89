import type { Call } from '../operations/call.ts'
import type { JsonObject } from '#contract/json.ts'
import type { TestReport, ToolTests } from '#contract/tool-tests.ts'
import { wireName } from '#contract/names.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { testsDigest } from '../tool-tests/digest.ts'
import { unreadableIn } from '../tool-tests/fits-schema.ts'
import type { Version } from '../tools/version.ts'

/** @throws Refusal invalid_arguments, for a schema that a test cannot be written in */
export function assertReadable(tests: ToolTests): void {
  for (const { name, schema } of tests) {
    const why = schema === undefined ? null : unreadableIn(schema)
    if (why !== null) refuse('invalid_arguments', `tests, "${name}": ${why}.`)
  }
}

/**
 * Keeps the tests of a text where they are others than those that it has; without new ones, those of
 * the text before it go with it.
 * @returns whether anything changed
 */
export async function keepTests(
  stores: Pick<Stores, 'tests'>,
  { hash, createdBy }: Pick<Version, 'hash' | 'createdBy'>,
  written: ToolTests | undefined,
  before: string | null,
): Promise<boolean> {
  const inherited = before === null ? null : await stores.tests.of(before)
  const tests = written ?? inherited?.tests
  const known = await stores.tests.of(hash)
  if (tests === undefined || (known === null && tests.length === 0)) return false
  if (known?.digest === testsDigest(tests)) return false
  await stores.tests.keep(hash, tests, createdBy)
  return true
}

/** Tests of a version that were run now, with their digest, so that the report is kept of these only. */
export interface Ran {
  hash: string
  digest: string
  report: TestReport
}

/** Runs the tests that a version has; null when it has none. */
export async function runKept(call: Call, version: Version): Promise<Ran | null> {
  const kept = await call.stores.tests.of(version.hash)
  if (kept === null || kept.tests.length === 0) return null
  const report = await call.runTests(version, kept.tests)
  return { hash: version.hash, digest: kept.digest, report }
}

/** Keeps how tests went, and what they ran under. */
export async function keepRan(
  { tests }: Pick<Stores, 'tests'>,
  { language }: Pick<Version, 'language'>,
  { hash, digest, report }: Ran,
): Promise<void> {
  const { runtime } = report
  await tests.noteRuntime(language, runtime)
  await tests.report({ hash, digest, runtime }, report)
}

/** A report as management tools tell it. */
export function tellReport({ passed, runtime, ran_at, cases }: TestReport): JsonObject {
  return { passed, runtime, ran_at, cases: cases.map((one) => ({ ...one })) }
}

/**
 * Keeps new tests of a text that stays as it is, and says so.
 * @returns whether anything changed
 */
export async function testsChanged(
  stores: Stores,
  { doer, by }: Call,
  { server, tool, hash }: Version,
  tests: ToolTests | undefined,
): Promise<boolean> {
  const isChanged = await keepTests(stores, { hash, createdBy: by }, tests, null)
  if (isChanged)
    await stores.activity.record({
      ...doer,
      action: 'tests.changed',
      subject: wireName(server, tool),
      details: { hash },
    })
  return isChanged
}
