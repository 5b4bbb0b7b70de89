import { randomUUID } from 'node:crypto'
import type { CaseReport, TestReport, ToolTest, ToolTests } from '#contract/tool-tests.ts'
import { rehearse } from '../executions/execute.ts'
import { keptPromise } from '../executions/kept-promise.ts'
import { Refusal } from '../refusal.ts'
import { sandboxUnreachable, type RunNews, type Sandbox } from '../sandbox.ts'
import type { Version } from '../tools/version.ts'
import { judge } from './judge.ts'
import { runtimeOf } from './runtime.ts'

/** A test needs no network, so what takes longer waits for nothing. */
const MOST_OF_ONE_MS = 10_000
const MOST_OF_ALL_MS = 90_000

export interface TestRun {
  version: Version
  tests: ToolTests
  /** Ends it, with a refusal. */
  cancel: AbortSignal
  /** Leaves it; throws the signal's reason. */
  detach: AbortSignal
  onFault: (fault: unknown) => void
}

/**
 * Runs all tests of a version, one after the other, without network and without real secrets. What
 * cannot be started is no failure of a test, and throws.
 * @throws Refusal sandbox_unreachable, busy, cancelled
 */
export async function runTests(
  sandbox: Pick<Sandbox, 'health' | 'run' | 'reply'>,
  { version, tests, cancel, detach, onFault }: TestRun,
): Promise<TestReport> {
  const health = await sandbox.health(detach)
  const runtime = runtimeOf(health.runtimes, version.language)
  if (runtime === null)
    throw new Refusal('sandbox_unreachable', 'Nothing runs tools in this language here.')
  const cases: CaseReport[] = []
  let left = MOST_OF_ALL_MS
  for (const test of tests) {
    cancel.throwIfAborted()
    const done = left > 0 ? await runOne(test) : notRun(test)
    // How a test ended that was cancelled says nothing of it.
    cancel.throwIfAborted()
    left -= done.duration_ms
    cases.push(done)
  }
  const passed = cases.every((one) => one.passed)
  return { passed, runtime, ran_at: new Date().toISOString(), cases }

  async function runOne(test: ToolTest): Promise<CaseReport> {
    const opId = `test-${randomUUID()}`
    const nobodyIsAsked = (news: RunNews) => {
      if (news.type !== 'asks') return
      const replies = news.asks.map(({ key }) => ({ key, error: UNASKED }))
      sandbox.reply(opId, { seq: news.seq, replies }).catch(onFault)
    }
    const ended = await rehearse(sandbox, {
      opId,
      bootId: health.boot_id,
      sentBefore: false,
      version,
      test,
      deadlineMs: Math.min(MOST_OF_ONE_MS, Math.max(left, 1_000)),
      news: nobodyIsAsked,
      cancel,
      detach,
    })
    // A sandbox that starts anew meanwhile may be another one; what ran under which is not known.
    if (ended === 'other_boot') return sandboxUnreachable()
    const outcome = keptPromise(ended.outcome, version)
    if (outcome.kind === 'killed' && outcome.reason === 'sandbox_lost') return sandboxUnreachable()
    const why = judge(test, outcome)
    const durationMs = outcome.kind === 'refused' ? 0 : outcome.duration_ms
    return { name: test.name, passed: why === null, why, duration_ms: durationMs }
  }
}

/** JSON-RPC 2.0, internal error. */
const UNASKED = { code: -32603, message: 'a test asks nobody' }

function notRun({ name }: ToolTest): CaseReport {
  const why = `It was not run: the tests before it took ${MOST_OF_ALL_MS / 1_000} s together.`
  return { name, passed: false, why, duration_ms: 0 }
}
