import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { CatalogTool, ToolAnnotations } from '#contract/catalog.ts'
import { complaints } from '#contract/complaints.ts'
import type { JsonObject } from '#contract/json.ts'
import { ToolResult } from '#contract/operation.ts'
import { visibleJson } from '#contract/visible-text.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'
import { assertMayDestroy } from './from-afar.ts'
import { terseSchema } from './terse-schema.ts'

/** A tool of MCPbox itself: `mcpbox_<verb>_<noun>`. */
export interface ManagementTool {
  catalog: CatalogTool
  /** @throws Refusal invalid_arguments, destructive_from_afar, and those of the tool itself */
  answer(call: Call, args: JsonObject): Promise<void>
}

/** Makes a management tool of zod schemas; what they say is what clients are told, and what holds. */
export function managementTool<I>(tool: {
  name: `mcpbox_${string}`
  title: string
  description: string
  input: z.ZodType<I>
  /** Of what it tells; null for what passes on a result that is not its own. */
  output: z.ZodType | null
  annotations: Omit<ToolAnnotations, 'title'>
  /** It calls another tool, and does what that one does: that one is asked whether it may. */
  callsAnother?: boolean
  answer(call: Call, input: I): Promise<void>
}): ManagementTool {
  const { output, callsAnother = false } = tool
  const catalog = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: terseSchema(tool.input, 'input'),
    ...(output !== null && { outputSchema: terseSchema(output, 'output') }),
    annotations: { title: tool.title, ...tool.annotations },
  }
  return {
    catalog,
    async answer(call, args) {
      const input = tool.input.safeParse(args)
      if (!input.success)
        return refuse('invalid_arguments', `${tool.name}: ${complaints(input.error)}`)
      if (!callsAnother) await assertMayDestroy(call, catalog)
      await tool.answer(output === null ? call : keepingTo(output, tool.name, call), input.data)
    },
  }
}

/** The call, which fails when it ends in anything that the tool does not promise. */
function keepingTo(output: z.ZodType, name: string, call: Call): Call {
  return {
    ...call,
    finish: (work) =>
      call.finish(async (stores) => {
        const result = await work(stores)
        const { structuredContent } = ToolResult.parse(result)
        const facts = output.safeParse(structuredContent)
        if (!facts.success)
          throw new Error(`${name} told what it does not promise: ${complaints(facts.error)}`)
        if (!isDeepStrictEqual(facts.data, structuredContent))
          throw new Error(`${name} told what it does not promise: more than that`)
        return result
      }),
  }
}

/** A management tool's answer: the same facts as text, in which nothing hides, and as structured content. */
export function told(facts: JsonObject): ToolResult {
  return {
    content: [{ type: 'text', text: visibleJson(facts, 2) }],
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

/** Ends or replaces something that others rely on. */
export const DESTROYS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
} as const
