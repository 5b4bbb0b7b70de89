import type { ContentBlock } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import { blockInWords } from './in-words.ts'
import { failedInWords, type Conclude } from './ending.ts'

type Contents = { uri: string; mimeType?: string } & ({ text: string } | { blob: string })

/** How a client gets what the code of a resource gave (MCP 2025-11-25, server/resources). */
export function resourceResult(uri: string): Conclude {
  return (outcome, { version: { publication } }) => {
    if (outcome.kind !== 'ok') return failedInWords(outcome)
    const mimeType = publication.kind === 'resource' ? publication.mimeType : null
    const contents = outcome.content?.map((block) => ofBlock(uri, mimeType, block)) ?? [
      ofValue(uri, mimeType, outcome.value),
    ]
    return { result: { contents } }
  }
}

/** Text as it is, anything else as JSON. */
function ofValue(uri: string, mimeType: string | null, value: Json): Contents {
  if (typeof value === 'string') return { uri, ...typed(mimeType), text: value }
  return { uri, mimeType: mimeType ?? 'application/json', text: JSON.stringify(value) }
}

function ofBlock(uri: string, mimeType: string | null, block: ContentBlock): Contents {
  switch (block.type) {
    case 'image':
    case 'audio':
      return { uri, mimeType: block.mimeType, blob: block.data }
    case 'resource': {
      const { mimeType: own, uri: _, ...held } = block.resource
      return { uri, ...typed(mimeType ?? own ?? null), ...held }
    }
    case 'text':
    case 'resource_link':
      return { uri, ...typed(mimeType), text: blockInWords(block) }
  }
}

function typed(mimeType: string | null): { mimeType?: string } {
  return mimeType === null ? {} : { mimeType }
}
