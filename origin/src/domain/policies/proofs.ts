import type { Version } from '../tools/version.ts'

/** What is known of the tests that a version ships with. */
export interface Proofs {
  /** True when it has tests, and all of them passed for exactly this text; no tests is no. */
  testsPass(version: Version): Promise<boolean>
}
