import type { OperationResult } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { Version } from '../tools/version.ts'
import { inWords } from './in-words.ts'

/** What an execution comes to for whoever asked: a result, or, where there is no other way, a problem. */
export type Ending = { result: OperationResult } | { problem: Problem }

/** Makes the ending of an execution. */
export type Conclude = (outcome: Outcome, execution: { id: string; version: Version }) => Ending

/** For methods whose results cannot say that something failed. */
export function failedInWords(outcome: Outcome): Ending {
  return { problem: { code: 'execution_failed', message: inWords(outcome) } }
}
