import { STDOUT_RETURNED_BYTES } from '#contract/limits.ts'
import type { Json } from '#contract/json.ts'
import type { ToolResult } from '#contract/operation.ts'
import type { Outcome } from '#contract/sandbox.ts'

/** How the caller of a tool sees an outcome, as an MCP tool result (2025-11-25, server/tools). */
export function toolResult(outcome: Outcome, execution: { id: string; hash: string }): ToolResult {
  const said = sentence(outcome)
  const printed = 'stdout' in outcome ? outcome.stdout : null
  const ok = outcome.kind === 'ok'
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

function cut(bytes: number): string {
  return `\n… (${bytes} bytes in all, the first ${STDOUT_RETURNED_BYTES} shown)`
}
