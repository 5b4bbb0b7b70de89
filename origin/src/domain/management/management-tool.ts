import { z } from 'zod'
import type { CatalogTool, ToolAnnotations } from '#contract/catalog.ts'
import { complaints } from '#contract/complaints.ts'
import type { JsonObject } from '#contract/json.ts'
import type { ToolResult } from '#contract/operation.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'

/** A tool of MCPbox itself: `mcpbox_<verb>_<noun>`. */
export interface ManagementTool {
  catalog: CatalogTool
  /** @throws Refusal invalid_arguments, and those of the tool itself */
  answer(call: Call, args: JsonObject): Promise<void>
}

/** Makes a management tool of a zod schema; what the schema says is what clients are told. */
export function managementTool<I>(tool: {
  name: `mcpbox_${string}`
  title: string
  description: string
  input: z.ZodType<I>
  annotations: Omit<ToolAnnotations, 'title'>
  answer(call: Call, input: I): Promise<void>
}): ManagementTool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(tool.input, { io: 'input' }) as JsonObject
  return {
    catalog: {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema,
      annotations: { title: tool.title, ...tool.annotations },
    },
    async answer(call, args) {
      const input = tool.input.safeParse(args)
      if (!input.success)
        return refuse('invalid_arguments', `${tool.name}: ${complaints(input.error)}`)
      await tool.answer(call, input.data)
    },
  }
}

/** A management tool's answer: the same facts as text and as structured content. */
export function told(facts: JsonObject): ToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(facts, null, 2) }],
    structuredContent: facts,
  }
}

export const READS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const

/** Changes MCPbox's own state by adding to it; nothing is lost. */
export const ADDS = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
} as const
