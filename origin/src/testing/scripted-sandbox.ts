import type { AskReplies } from '#contract/asks.ts'
import { randomUUID } from 'node:crypto'
import { NO_USES } from '#contract/code-uses.ts'
import type { Content } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import type {
  Analysis,
  Outcome,
  RunRequest,
  Runtimes,
  SelfTest,
  Source,
} from '#contract/sandbox.ts'
import type { Withdrawal } from '#contract/withdrawal.ts'
import type { NumberedOutcome, RunNews, Sandbox } from '../domain/sandbox.ts'

const ISOLATION = { level: 'S3' as const, layers: ['seccomp'] }

/** What a scripted run sees: its request, and how to speak and be stopped. */
export interface ScriptedRun {
  bootId: string
  request: RunRequest
  news: (news: RunNews) => void
  cancel: AbortSignal
  detach: AbortSignal
  sentBefore: boolean
}

/** What it says of a self-test. */
export const SELF_TEST: SelfTest = {
  passed: ['open a file'],
  failed: [],
  checked_at: '2026-01-01T00:00:00Z',
}

/** A sandbox that does what a test wrote, and remembers what it was asked. */
export class ScriptedSandbox implements Sandbox {
  bootId = randomUUID()
  /** What is known of it; as if its health had been asked. */
  boot: string | null = this.bootId
  analysis: Analysis = {
    valid: true,
    input_schema: { type: 'object' },
    output_schema: null,
    description: 'Says what its docstring says.',
    imports: [],
    uses: NO_USES,
  }
  runtimes: Runtimes = { python: '3.11.2', typescript: '24.21.0' }
  readonly asked: ScriptedRun[] = []
  readonly analyzed: string[] = []
  readonly withdrawn: { runId: string; withdrawals: readonly Withdrawal[] }[] = []
  readonly replied: { runId: string; replies: AskReplies }[] = []
  script: (run: ScriptedRun) => ReturnType<Sandbox['run']>

  constructor(script: ScriptedSandbox['script'] = async ({ request }) => ended(ok(request.input))) {
    this.script = script
  }

  async health() {
    this.boot = this.bootId
    return {
      status: 'ready' as const,
      boot_id: this.bootId,
      isolation: ISOLATION,
      runtimes: this.runtimes,
      missing: [],
      self_test: SELF_TEST,
      running: 0,
    }
  }

  async reply(runId: string, replies: AskReplies): Promise<void> {
    this.replied.push({ runId, replies })
  }

  async withdraw(runId: string, withdrawals: readonly Withdrawal[]): Promise<void> {
    this.withdrawn.push({ runId, withdrawals })
  }

  async analyze({ code }: Source): Promise<Analysis> {
    this.analyzed.push(code)
    return this.analysis
  }

  run(...[bootId, request, how]: Parameters<Sandbox['run']>): ReturnType<Sandbox['run']> {
    const run = { bootId, request, ...how }
    this.asked.push(run)
    return this.script(run)
  }
}

export const measured = (printed = '') => ({
  stdout: { text: printed, bytes: Buffer.byteLength(printed), truncated: false },
  duration_ms: 7,
  isolation: ISOLATION,
})

export function ok(value: Json, printed = '', content?: Content): Outcome {
  return { kind: 'ok', value, ...(content && { content }), ...measured(printed) }
}

export function ended(outcome: Outcome, seq = 1): NumberedOutcome {
  return { seq, outcome }
}

/** The script of a run that ends only when it is cancelled or let go. */
export function untilCancelled({ cancel, detach }: ScriptedRun): Promise<NumberedOutcome> {
  return new Promise((resolve, reject) => {
    const killed = () =>
      resolve(
        ended({ kind: 'killed', reason: 'cancelled', message: 'It was cancelled.', ...measured() }),
      )
    if (cancel.aborted) killed()
    cancel.addEventListener('abort', killed)
    detach.addEventListener('abort', () => reject(new Error('let go')))
  })
}

/** The script of a run of which nothing is ever heard again, whatever one asks. */
export const silent = () => new Promise<never>(() => {})

/** A script that waits for the test to say how it ends, and tells when it was reached. */
export function gate() {
  const reached = Promise.withResolvers<ScriptedRun>()
  const outcome = Promise.withResolvers<NumberedOutcome>()
  return {
    script: (run: ScriptedRun) => {
      reached.resolve(run)
      return outcome.promise
    },
    reached: reached.promise,
    end: outcome.resolve,
  }
}
