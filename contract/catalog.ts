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

/** One line of the catalog: a tool as MCP clients see it. */
export const CatalogTool = z.object({
  name: z.string(),
  title: z.string().optional(),
  description: z.string(),
  inputSchema: JsonObject,
  outputSchema: JsonObject.optional(),
  annotations: ToolAnnotations,
})
export type CatalogTool = z.infer<typeof CatalogTool>

/**
 * All that `initialize`, `server/discover` and `tools/list` need: `GET /catalog`. `etag` changes
 * exactly when the rest does. Tools come in a fixed order (management first, then by name).
 */
export const Catalog = z.object({
  etag: z.string(),
  server: z.object({ name: z.string(), version: z.string() }),
  instructions: z.string(),
  tools: z.array(CatalogTool),
})
export type Catalog = z.infer<typeof Catalog>

/** Line of the NDJSON stream of `GET /changes`. The first line is always `hello`. */
export const ChangeNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), etag: z.string() }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('catalog') }),
])
export type ChangeNotice = z.infer<typeof ChangeNotice>
