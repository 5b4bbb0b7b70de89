import { MAX_RESULT_CHARS, STDOUT_RETURNED_BYTES } from '#contract/limits.ts'
import type { ContentBlock } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import type { ToolResult } from '#contract/operation.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'
import { notAskable, type Conclude } from './ending.ts'
import { inWords, replyInWords } from './in-words.ts'

/** How much is shown of a result that no client would take. */
const SHOWN_OF_TOO_LONG = 10_000

/** What a client gets of an outcome, before what was printed. */
interface Told {
  content: ContentBlock[]
  structured?: { [key: string]: Json }
  isError: boolean
}

/** Every outcome of a tool has a result that says it, but that the client cannot be asked. */
export const callResult: Conclude = (outcome, { id, version: { hash } }) =>
  notAskable(outcome) ?? { result: toolResult(outcome, { id, hash }) }

/** How the caller of a tool sees an outcome, as an MCP tool result (2025-11-25, server/tools). */
export function toolResult(outcome: Outcome, execution: { id: string; hash: string }): ToolResult {
  const { content, structured, isError } = told(outcome)
  return {
    content: [...content, ...printed(outcome)],
    ...(structured && { structuredContent: structured }),
    ...(isError && { isError }),
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

function told(outcome: Outcome): Told {
  const reply = replyOf(outcome)
  const whole = reply?.content === undefined ? inWords(outcome) : replyInWords(reply)
  if (whole.length > MAX_RESULT_CHARS) return { content: [text(tooLong(whole))], isError: true }
  const isError = outcome.kind !== 'ok'
  const content = reply?.content ?? [text(whole)]
  const hasValue = reply !== null && (reply.content === undefined || reply.value !== null)
  return hasValue ? { content, structured: structured(reply.value), isError } : { content, isError }
}

/** What the tool itself gave; null when it did not come to that. */
function replyOf(outcome: Outcome): Reply | null {
  if (outcome.kind === 'ok') return outcome
  return outcome.kind === 'failed' ? (outcome.reply ?? null) : null
}

/** `structuredContent` must be an object up to 2025-11-25; other values go under `result`. */
function structured(value: Json): { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value
    : { result: value }
}

function printed(outcome: Outcome): ContentBlock[] {
  if (outcome.kind === 'refused' || outcome.stdout.bytes === 0) return []
  const { text: said, bytes, truncated } = outcome.stdout
  return [text(`Printed:\n${said}${truncated ? cut(bytes) : ''}`)]
}

function text(said: string): ContentBlock {
  return { type: 'text', text: said }
}

function tooLong(whole: string): string {
  return `${whole.slice(0, SHOWN_OF_TOO_LONG)}\n… The tool gave ${whole.length} characters; a client takes ${MAX_RESULT_CHARS} at most. Ask it for less at a time.`
}

function cut(bytes: number): string {
  return `\n… (${bytes} bytes in all, the first ${STDOUT_RETURNED_BYTES} shown)`
}
