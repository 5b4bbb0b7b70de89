import type { ContentBlock } from '#contract/content.ts'
import { isJsonObject, type Json } from '#contract/json.ts'
import type { Reply } from '#contract/sandbox.ts'
import { failedInWords, type Conclude } from './ending.ts'

type Message = { role: 'user' | 'assistant'; content: ContentBlock }

/** How a client gets what a prompt's code gave (MCP 2025-11-25, server/prompts). */
export const promptResult: Conclude = (outcome, { version }) => {
  if (outcome.kind !== 'ok') return failedInWords(outcome)
  return { result: { description: version.description, messages: messagesOf(outcome) } }
}

/**
 * Each content block is a message of the user. Of a list, each item is one: text of the user, or
 * `{role, content}` with text. Anything else is one message, as JSON.
 */
function messagesOf({ value, content }: Reply): Message[] {
  if (content !== undefined) return content.map((block) => ({ role: 'user', content: block }))
  return Array.isArray(value) ? value.map(messageOf) : [messageOf(value)]
}

function messageOf(item: Json): Message {
  if (isSaid(item)) return { role: item.role, content: { type: 'text', text: item.content } }
  const text = typeof item === 'string' ? item : JSON.stringify(item)
  return { role: 'user', content: { type: 'text', text } }
}

function isSaid(item: Json): item is { role: Message['role']; content: string } {
  if (!isJsonObject(item)) return false
  const { role, content } = item
  return (role === 'user' || role === 'assistant') && typeof content === 'string'
}
