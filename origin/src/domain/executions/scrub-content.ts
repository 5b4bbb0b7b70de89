import { encodedData, type ContentBlock } from '#contract/content.ts'
import { blockInWords } from './in-words.ts'

type Clean = (text: string) => string

/**
 * A content block without secrets. Text is cleaned; bytes cannot be mended, so a block whose bytes
 * hold a secret is withheld whole, and says so.
 */
export function scrubBlock(
  block: ContentBlock,
  clean: Clean,
  holdSecret: (bytes: Buffer) => boolean,
): ContentBlock {
  const data = encodedData(block)
  if (data !== null && holdSecret(Buffer.from(data, 'base64')))
    return { type: 'text', text: `${clean(blockInWords(block))} was withheld: it holds a secret` }
  switch (block.type) {
    case 'text':
      return { ...block, text: clean(block.text) }
    case 'image':
    case 'audio':
      return { ...block, mimeType: clean(block.mimeType) }
    case 'resource': {
      const { resource } = block
      const located = { ...resource, ...cleanAll(resource, ['uri', 'mimeType'], clean) }
      return {
        ...block,
        resource: 'text' in located ? { ...located, text: clean(located.text) } : located,
      }
    }
    case 'resource_link':
      return {
        ...block,
        ...cleanAll(block, ['uri', 'mimeType', 'name', 'title', 'description'], clean),
      }
  }
}

/** The named fields, as far as they are there, cleaned. */
function cleanAll<K extends string>(
  from: { [key in K]?: string | undefined },
  names: K[],
  clean: Clean,
) {
  const there = names.filter((name) => from[name] !== undefined)
  return Object.fromEntries(there.map((name) => [name, clean(from[name] ?? '')]))
}
