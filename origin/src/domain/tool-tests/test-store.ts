import type { Language } from '#contract/sandbox.ts'
import type { TestReport, ToolTests } from '#contract/tool-tests.ts'

/** The tests that go with a text, under the hash of that text. */
export interface KeptTests {
  tests: ToolTests
  /** `testsDigest` of them. */
  digest: string
}

/** What a report is about: a text, its tests, and what they ran under. */
export interface Tested {
  hash: string
  digest: string
  /** See `runtimeOf`. */
  runtime: string
}

/**
 * Tests of texts, and how they went. They belong to no hash, for they change nothing that a tool does;
 * a report is bound to the hash, to the tests and to the runtime, and says nothing about any other.
 */
export interface TestStore {
  /** In place of those that the text had. */
  keep(hash: string, tests: ToolTests, createdBy: string): Promise<KeptTests>
  of(hash: string): Promise<KeptTests | null>
  /** The newest report of the same stays. */
  report(about: Tested, report: TestReport): Promise<void>
  reported(about: Tested): Promise<TestReport | null>
  /** The newest report under any runtime. */
  newestReport(about: Omit<Tested, 'runtime'>): Promise<TestReport | null>
  /** Ids of live versions that have tests. */
  liveTested(): Promise<string[]>
  /** What the sandbox runs tools with now; null where nothing does, or nobody has asked yet. */
  runtime(language: Language): Promise<string | null>
  noteRuntime(language: Language, runtime: string | null): Promise<void>
}
