import type { AskReplies } from '#contract/asks.ts'
import type {
  Analysis,
  Outcome,
  RunEvent,
  RunRequest,
  SandboxHealth,
  Source,
} from '#contract/sandbox.ts'
import type { Withdrawal } from '#contract/withdrawal.ts'
import { refuse } from './refusal.ts'

export type RunNews = Extract<RunEvent, { type: 'progress' | 'log' | 'asks' }>

/** An outcome, with its place in the numbering of the run's events. */
export interface NumberedOutcome {
  seq: number
  outcome: Outcome
}

/**
 * The place where tools run. All methods throw Refusal sandbox_unreachable when it cannot be
 * reached.
 */
export interface Sandbox {
  /** The boot that was heard of last; null when none was, or it is known to be gone. */
  readonly boot: string | null

  health(signal: AbortSignal): Promise<SandboxHealth>

  /** Reads code without running it. */
  analyze(source: Source, signal: AbortSignal): Promise<Analysis>

  /** Answers questions of a run. Without effect on a run that is not there, or no longer. */
  reply(runId: string, replies: AskReplies): Promise<void>

  /** Takes lines of its manifest back from a run, also from one that is yet to arrive there. */
  withdraw(runId: string, withdrawals: readonly Withdrawal[]): Promise<void>

  /**
   * Runs a version once per `run_id`, or attaches to the run that this boot of the sandbox has
   * under it: one that was sent before and never arrived is begun. An aborted `cancel` ends the run, with its outcome. An aborted `detach` leaves it
   * running and throws the signal's reason. With `sentBefore`, somebody may have asked for this
   * run already.
   * @returns killed/sandbox_lost when the sandbox that had the run, or may have had it, is gone or
   *   is not `bootId`; `other_boot` when it is not `bootId` and nobody can have had the run.
   */
  run(
    bootId: string,
    request: RunRequest,
    how: {
      news: (news: RunNews) => void
      cancel: AbortSignal
      detach: AbortSignal
      sentBefore: boolean
    },
  ): Promise<NumberedOutcome | 'other_boot'>
}

/** @throws Refusal sandbox_unreachable */
export function sandboxUnreachable(): never {
  return refuse(
    'sandbox_unreachable',
    'The sandbox does not answer; nothing was run. Try again in a moment.',
  )
}
