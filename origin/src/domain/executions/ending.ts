import type { OperationResult } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { Version } from '../tools/version.ts'
import { inWords } from './in-words.ts'

/**
 * What an execution comes to for whoever asked: a result, or, where there is no other way, a
 * problem. `whole` is what the result shows only the beginning of.
 */
export type Ending = { result: OperationResult; whole?: string } | { problem: Problem }

/** Makes the ending of an execution. */
export type Conclude = (outcome: Outcome, execution: { id: string; version: Version }) => Ending

/** The exception of a tool that needs to ask its client for something that this client cannot give. */
const NOT_ASKABLE = 'NotAskable'

/** The problem of a client that cannot be asked; null for an outcome that is something else. */
export function notAskable(outcome: Outcome): Ending | null {
  if (outcome.kind !== 'failed' || outcome.failure.type !== NOT_ASKABLE) return null
  return { problem: { code: 'capability_missing', message: outcome.failure.message } }
}

/** For methods whose results cannot say that something failed. */
export function failedInWords(outcome: Outcome): Ending {
  const missing = notAskable(outcome)
  if (missing !== null) return missing
  return { problem: { code: 'execution_failed', message: inWords(outcome) } }
}
