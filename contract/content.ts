import { z } from 'zod'
import { MAX_CONTENT_BLOCKS } from './limits.ts'

/**
 * What a tool may give beside its value: content blocks of MCP 2025-11-25 (server/tools, "Tool
 * Result"). Closed, and without `_meta`: tools do not speak for the place that runs them.
 */

/** RFC 6838, section 4.2, with parameters as in RFC 2045, section 5.1. */
export const MediaType = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:; ?[A-Za-z0-9!#$&^_.+-]{1,60}=[A-Za-z0-9!#$&^_.+-]{1,100})*$/,
    'must be a media type such as `text/markdown`',
  )
const ImageType = MediaType.regex(/^image\//i)
const AudioType = MediaType.regex(/^audio\//i)
/** RFC 3986, by its scheme and its characters; the rest is its owner's business. */
const Uri = z
  .string()
  .max(2_000)
  .regex(/^[a-z][a-z0-9+.-]*:[!-~]+$/i)
/** RFC 4648, section 4, with its padding. */
const Base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]*={0,2}$/)
  .refine((text) => text.length % 4 === 0, 'must be padded')
const Label = z.string().min(1).max(1_000)

const Annotations = z.strictObject({
  audience: fewOf(2, z.enum(['user', 'assistant'])).optional(),
  priority: z.number().min(0).max(1).optional(),
})
const annotated = { annotations: Annotations.optional() }

const located = { uri: Uri, mimeType: MediaType.optional() }

export const ContentBlock = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string(), ...annotated }),
  z.strictObject({ type: z.literal('image'), data: Base64, mimeType: ImageType, ...annotated }),
  z.strictObject({ type: z.literal('audio'), data: Base64, mimeType: AudioType, ...annotated }),
  z.strictObject({
    type: z.literal('resource'),
    resource: z.union([
      z.strictObject({ ...located, text: z.string() }),
      z.strictObject({ ...located, blob: Base64 }),
    ]),
    ...annotated,
  }),
  z.strictObject({
    type: z.literal('resource_link'),
    ...located,
    name: Label,
    title: Label.optional(),
    description: Label.optional(),
    size: z.int().nonnegative().optional(),
    ...annotated,
  }),
])
export type ContentBlock = z.infer<typeof ContentBlock>

/** The blocks of one result. */
export const Content = fewOf(MAX_CONTENT_BLOCKS, ContentBlock)
export type Content = z.infer<typeof Content>

/** A list with 1 to `most` items. It is counted first: a schema would judge each of a million. */
function fewOf<T>(most: number, item: z.ZodType<T>) {
  return z
    .custom<unknown[]>(
      (list) => Array.isArray(list) && list.length > 0 && list.length <= most,
      `must be a list of 1 to ${most} items`,
    )
    .pipe(z.array(item))
}

/** The base64 text of a block that has one. */
export function encodedData(block: ContentBlock): string | null {
  if (block.type === 'image' || block.type === 'audio') return block.data
  return block.type === 'resource' && 'blob' in block.resource ? block.resource.blob : null
}

/** How many bytes a padded base64 text stands for. */
export function decodedBytes(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)
}
