import { isJsonObject } from '#contract/json.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { Version } from '../tools/version.ts'

/**
 * The outcome, failed when the tool gave no object though its output schema says that it does: such
 * a result must not go out (MCP 2025-11-25, server/tools, "Output Schema"), and clients refuse it with
 * less to go by.
 */
export function keptPromise(
  outcome: Outcome,
  { outputSchema }: Pick<Version, 'outputSchema'>,
): Outcome {
  if (outcome.kind !== 'ok' || outputSchema === null) return outcome
  const { value, content, ...measured } = outcome
  if (isJsonObject(value)) return outcome
  const gave =
    content !== undefined && value === null
      ? 'content and no value'
      : Array.isArray(value)
        ? 'a list'
        : JSON.stringify(value).slice(0, SHOWN)
  return {
    ...measured,
    kind: 'failed' as const,
    failure: {
      type: 'BrokenPromise',
      message: `The return annotation of \`main\` promises an object, and it gave ${gave}. Return an object (beside content in Result(…, structured=…)), or annotate with what it returns.`,
      traceback: '',
    },
  }
}

const SHOWN = 100
