import { MAX_RESULT_CHARS, STDOUT_RETURNED_BYTES } from '#contract/limits.ts'
import type { ContentBlock } from '#contract/content.ts'
import { isJsonObject, type Json, type JsonObject } from '#contract/json.ts'
import type { ToolResult } from '#contract/operation.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'
import { notAskable, type Conclude } from './ending.ts'
import { inWords, replyInWords } from './in-words.ts'
import { preview } from './preview.ts'

/** What a client gets of an outcome, before what was printed. */
interface Told {
  content: ContentBlock[]
  structured?: JsonObject
  isError: boolean
  /** All of it, when the content is only its beginning. */
  whole?: string
}

/** Which execution it was, of which version. */
interface Ran {
  /** Also the handle of what is kept of it. */
  id: string
  hash: string
  /** Clients expect structured content, unless it is an error. */
  promisesStructure: boolean
}

/** Every outcome of a tool has a result that says it, but that the client cannot be asked. */
export const callResult: Conclude = (outcome, { id, version: { hash, outputSchema } }) =>
  notAskable(outcome) ?? toolResult(outcome, { id, hash, promisesStructure: outputSchema !== null })

/** How the caller of a tool sees an outcome, as an MCP tool result (2025-11-25, server/tools). */
export function toolResult(
  outcome: Outcome,
  execution: Ran,
): { result: ToolResult; whole?: string } {
  const { content, structured, isError, whole } = told(outcome, execution)
  const result = {
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
  return whole === undefined ? { result } : { result, whole }
}

function told(outcome: Outcome, { id, promisesStructure }: Ran): Told {
  const reply = replyOf(outcome)
  const whole = reply?.content === undefined ? inWords(outcome) : replyInWords(reply)
  const isError = outcome.kind !== 'ok'
  if (whole.length > MAX_RESULT_CHARS)
    return { content: [text(preview(whole, id))], isError: isError || promisesStructure, whole }
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
function structured(value: Json): JsonObject {
  return isJsonObject(value) ? value : { result: value }
}

function printed(outcome: Outcome): ContentBlock[] {
  if (outcome.kind === 'refused' || outcome.stdout.bytes === 0) return []
  const { text: said, bytes, truncated } = outcome.stdout
  return [text(`Printed:\n${said}${truncated ? cut(bytes) : ''}`)]
}

function text(said: string): ContentBlock {
  return { type: 'text', text: said }
}

function cut(bytes: number): string {
  return `\n… (${bytes} bytes in all, the first ${STDOUT_RETURNED_BYTES} shown)`
}
