import { z } from 'zod'
import { JsonObject } from './json.ts'

/** MCP tool annotations (2025-11-25, server/tools). All four hints are always stated. */
export const ToolAnnotations = z.object({
  title: z.string().optional(),
  readOnlyHint: z.boolean(),
  destructiveHint: z.boolean(),
  idempotentHint: z.boolean(),
  openWorldHint: z.boolean(),
})
export type ToolAnnotations = z.infer<typeof ToolAnnotations>

/**
 * One line of the catalog: a tool as MCP clients see it, and whether a call of it waits for an origin
 * that is away. Left out, it does not.
 */
export const CatalogTool = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string(),
  inputSchema: JsonObject,
  outputSchema: JsonObject.optional(),
  annotations: ToolAnnotations,
  queueWhenAway: z.boolean().optional(),
})
export type CatalogTool = z.infer<typeof CatalogTool>

/** A tool as it stands in a client's list, which knows nothing of where it waits. */
export function listedTool({
  queueWhenAway,
  ...listed
}: CatalogTool): Omit<CatalogTool, 'queueWhenAway'> {
  void queueWhenAway
  return listed
}

/** A prompt as MCP clients see it (server/prompts). */
export const CatalogPrompt = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string(),
  arguments: z.array(
    z.object({ name: z.string(), description: z.string().optional(), required: z.boolean() }),
  ),
})
export type CatalogPrompt = z.infer<typeof CatalogPrompt>

const about = {
  name: z.string(),
  title: z.string().optional(),
  description: z.string(),
  mimeType: z.string().optional(),
}

/**
 * A resource with an address of its own (server/resources). Its `etag` changes with what makes its
 * content.
 */
export const CatalogResource = z.object({ uri: z.string(), etag: z.string(), ...about })
export type CatalogResource = z.infer<typeof CatalogResource>

/** A resource as it stands in a client's list, which knows no `etag`. */
export function listedResource({
  etag,
  ...listed
}: CatalogResource): Omit<CatalogResource, 'etag'> {
  void etag
  return listed
}

/** Many resources under one address with variables (RFC 6570). */
export const CatalogResourceTemplate = z.object({ uriTemplate: z.string(), ...about })
export type CatalogResourceTemplate = z.infer<typeof CatalogResourceTemplate>

/**
 * All that `initialize`, `server/discover` and the lists need: `GET /catalog`. `etag` changes
 * exactly when the rest does. Tools come in a fixed order (management first, then by name), the
 * others by name.
 */
export const Catalog = z.object({
  etag: z.string(),
  server: z.object({ name: z.string(), version: z.string() }),
  instructions: z.string(),
  tools: z.array(CatalogTool),
  prompts: z.array(CatalogPrompt),
  resources: z.array(CatalogResource),
  resourceTemplates: z.array(CatalogResourceTemplate),
})
export type Catalog = z.infer<typeof Catalog>

export const CatalogList = z.enum(['tools', 'prompts', 'resources'])
export type CatalogList = z.infer<typeof CatalogList>

/** Line of the NDJSON stream of `GET /changes`. The first line is always `hello`. */
export const ChangeNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), etag: z.string() }),
  z.object({ type: z.literal('heartbeat') }),
  /** Which lists changed, and which resources that were there before and after. */
  z.object({
    type: z.literal('catalog'),
    lists: z.array(CatalogList),
    resources: z.array(z.string()),
  }),
])
export type ChangeNotice = z.infer<typeof ChangeNotice>
