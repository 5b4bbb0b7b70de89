import { MAX_RESULT_CHARS, STDOUT_RETURNED_BYTES } from '#contract/limits.ts'
import type { Json } from '#contract/json.ts'
import type { ToolResult } from '#contract/operation.ts'
import type { Outcome } from '#contract/sandbox.ts'

/** How much is shown of a result that no client would take. */
const SHOWN_OF_TOO_LONG = 10_000

/** How the caller of a tool sees an outcome, as an MCP tool result (2025-11-25, server/tools). */
export function toolResult(outcome: Outcome, execution: { id: string; hash: string }): ToolResult {
  const whole = sentence(outcome)
  const printed = 'stdout' in outcome ? outcome.stdout : null
  const fits = whole.length <= MAX_RESULT_CHARS
  const said = fits ? whole : tooLong(whole)
  const ok = outcome.kind === 'ok' && fits
  return {
    content: [
      { type: 'text', text: said },
      ...(printed === null || printed.bytes === 0
        ? []
        : [
            {
              type: 'text',
              text: `Printed:\n${printed.text}${printed.truncated ? cut(printed.bytes) : ''}`,
            },
          ]),
    ],
    ...(ok ? { structuredContent: structured(outcome.value) } : { isError: true }),
    _meta: {
      'mcpbox/execution': {
        id: execution.id,
        version: execution.hash,
        outcome: outcome.kind,
        ...('duration_ms' in outcome
          ? { duration_ms: outcome.duration_ms, isolation: outcome.isolation?.level ?? null }
          : {}),
      },
    },
  }
}

/** The outcome in words: for an ok one its value, for the others what went wrong. */
export function sentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return typeof outcome.value === 'string' ? outcome.value : JSON.stringify(outcome.value)
    case 'failed':
      return outcome.failure.traceback || `${outcome.failure.type}: ${outcome.failure.message}`
    case 'timed_out':
      return `The tool ran out of time after ${Math.round(outcome.duration_ms)} ms and was stopped.`
    case 'killed':
    case 'refused':
      return outcome.message
  }
}

/** `structuredContent` must be an object up to 2025-11-25; other values go under `result`. */
function structured(value: Json): { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value
    : { result: value }
}

function tooLong(text: string): string {
  return `${text.slice(0, SHOWN_OF_TOO_LONG)}\n… The tool gave ${text.length} characters; a client takes ${MAX_RESULT_CHARS} at most. Ask it for less at a time.`
}

function cut(bytes: number): string {
  return `\n… (${bytes} bytes in all, the first ${STDOUT_RETURNED_BYTES} shown)`
}
