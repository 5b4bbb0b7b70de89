import type { ExecutionKind } from '#contract/admin-api.ts'
import type { ClientInfo, OpId, OperationResult } from '#contract/operation.ts'
import type { JsonObject } from '#contract/json.ts'
import type { Principal } from '#contract/principal.ts'
import type { FactsRequest, ModuleLock, PackageFacts, PackagePin } from '#contract/packages.ts'
import type { ToolTests, TestReport } from '#contract/tool-tests.ts'
import type { Analysis, Source } from '#contract/sandbox.ts'
import type { Doer } from '../activity.ts'
import type { Channel } from '../notices.ts'
import type { Stores } from '../stores.ts'
import type { Conclude } from '../executions/ending.ts'
import type { Candidate } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'

/** What an operation waits for. */
export interface Awaiting<T> {
  channel: Channel
  about: string
  /** How long at most, from when the operation was asked for. */
  ms: number
  look: () => Promise<T | null>
}

/**
 * One operation seen by the code that answers it. It must end with exactly one `finish` or
 * `execute`, or throw; everything it changes, it changes inside `finish`.
 */
export interface Call {
  opId: OpId
  principal: Principal
  /** `principalKey` of the principal. */
  by: string
  client: ClientInfo | null
  requestId: string
  /** The same as the log of activity names them. */
  doer: Doer
  /** For reading; each read stands alone. */
  stores: Stores

  /** @throws Refusal sandbox_unreachable */
  analyze(source: Source): Promise<Analysis>

  /**
   * Chooses the exact wheels of packages, and tells the caller how far that is.
   * @throws Refusal package_refused, cancelled, sandbox_unreachable
   */
  lockPackages(packages: readonly PackagePin[]): Promise<ModuleLock>

  /** What is known of packages; null in it is unknown. @throws Refusal sandbox_unreachable */
  packageFacts(packages: FactsRequest['packages']): Promise<PackageFacts[]>

  /**
   * Looks until there is something: at once, and again at each notice about `about`. Between looks
   * nothing is held, so an operation may wait for as long as people take. Who takes it over waits on.
   * @returns null when the time is over
   * @throws Refusal cancelled
   */
  until<T>(awaited: Awaiting<T>): Promise<T | null>

  /**
   * Runs the tests of a version, and keeps nothing of it.
   * @throws Refusal sandbox_unreachable, busy, cancelled
   */
  runTests(version: Version, tests: ToolTests): Promise<TestReport>

  /**
   * Runs `work` and ends the operation with its result, both in one unit of work: a replica that
   * repeats the operation after a crash finds it ended, or not begun.
   */
  finish(work: (stores: Stores) => Promise<OperationResult>): Promise<void>

  /**
   * Runs a version in the sandbox, records the execution and ends the operation with its result.
   * `choose` picks the version; it is asked once per operation, however often that is resumed.
   */
  execute(how: {
    kind: ExecutionKind
    choose: () => Promise<Candidate>
    arguments: JsonObject | ((version: Version) => JsonObject)
    conclude: Conclude
  }): Promise<void>
}
