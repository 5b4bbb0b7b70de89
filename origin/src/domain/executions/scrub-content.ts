import { type Content, type ContentBlock, encodedData } from '#contract/content.ts'
import { clean, holdsSecret } from '#contract/scrubbing/clean.ts'
import type { Needles } from '#contract/scrubbing/needles.ts'
import { blockInWords } from './in-words.ts'
import { collected, inOrder } from './scrub-json.ts'

type Clean = (text: string) => string

/**
 * Content without secrets, also those that are split over blocks. Text is cleaned; bytes cannot be
 * mended, so a block whose bytes hold a secret is withheld whole, and says so.
 */
export function cleanContent(content: Content, inText: Needles, inBytes: Needles): Content {
  const withheld = new Set(content.filter((block) => hidesSecret(block, inBytes)))
  const rebuilt = (cleaned: Clean) =>
    content.map((block) => cleanBlock(block, withheld.has(block), cleaned))
  const texts: string[] = []
  rebuilt(collected(texts))
  return rebuilt(inOrder(clean(inText, texts)))
}

/** In its bytes, or in the letters that encode them. */
function hidesSecret(block: ContentBlock, needles: Needles): boolean {
  const data = encodedData(block)
  if (data === null) return false
  return (
    holdsSecret(needles, Buffer.from(data, 'base64').toString('latin1')) ||
    holdsSecret(needles, data)
  )
}

function cleanBlock(block: ContentBlock, withheld: boolean, cleaned: Clean): ContentBlock {
  if (withheld)
    return { type: 'text', text: `${cleaned(blockInWords(block))} was withheld: it holds a secret` }
  switch (block.type) {
    case 'text':
      return { ...block, text: cleaned(block.text) }
    case 'image':
    case 'audio':
      return { ...block, mimeType: cleaned(block.mimeType) }
    case 'resource': {
      const { resource } = block
      const located = { ...resource, ...cleanAll(resource, ['uri', 'mimeType'], cleaned) }
      return {
        ...block,
        resource: 'text' in located ? { ...located, text: cleaned(located.text) } : located,
      }
    }
    case 'resource_link':
      return {
        ...block,
        ...cleanAll(block, ['uri', 'mimeType', 'name', 'title', 'description'], cleaned),
      }
  }
}

/** The named fields, as far as they are there, cleaned. */
function cleanAll<K extends string>(
  from: { [key in K]?: string | undefined },
  names: K[],
  cleaned: Clean,
) {
  const there = names.filter((name) => from[name] !== undefined)
  return Object.fromEntries(there.map((name) => [name, cleaned(from[name] ?? '')]))
}
