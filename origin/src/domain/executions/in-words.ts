import { decodedBytes, type ContentBlock } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'

/** An outcome where only text can stand: what the tool gave, or what went wrong. */
export function inWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return outcome.content === undefined ? valueInWords(outcome.value) : replyInWords(outcome)
    case 'failed': {
      const { type, message, traceback } = outcome.failure
      return traceback || message || type
    }
    case 'timed_out':
      return `The tool ran out of time after ${Math.round(outcome.duration_ms)} ms and was stopped.`
    case 'killed':
    case 'refused':
      return outcome.message
  }
}

/** Content and value of a reply, each in its line. */
export function replyInWords({ content = [], value }: Reply): string {
  return [...content.map(blockInWords), ...(value === null ? [] : [valueInWords(value)])].join('\n')
}

function valueInWords(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Text as it is; of anything else, what it is. */
export function blockInWords(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
    case 'audio':
      return `[${block.mimeType}, ${decodedBytes(block.data)} bytes]`
    case 'resource': {
      const { uri, mimeType = 'of no known type', ...held } = block.resource
      return 'text' in held
        ? `[${uri}, ${mimeType}]\n${held.text}`
        : `[${uri}, ${mimeType}, ${decodedBytes(held.blob)} bytes]`
    }
    case 'resource_link':
      return `[${block.name}: ${block.uri}]`
  }
}
