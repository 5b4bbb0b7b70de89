import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import type { CatalogTool } from '#contract/catalog.ts'
import { JsonObject } from '#contract/json.ts'
import { argumentsInShort } from '../finding/arguments-in-short.ts'
import { askedWords } from '../finding/asked-words.ts'
import { Refusal } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { effectOf } from '../tools/effect.ts'
import { listedTool } from '../tools/listed-tool.ts'
import { CALL_WITH, namedTool } from './calling.ts'
import { managementTool, READS, told, type ManagementTool } from './management-tool.ts'

/** Characters of a description that a search shows. */
const SHOWN = 200
const CallWith = z.enum(Object.values(CALL_WITH))

/**
 * The tools by which others are found that are not in a client's list.
 * @param own tools of MCPbox itself, to be found among the live ones
 */
export function findingTools(own: readonly CatalogTool[]): ManagementTool[] {
  const ownByName = new Map(own.map((tool) => [tool.name, tool]))

  const searchTools = managementTool({
    name: 'mcpbox_search_tools',
    title: 'Search tools',
    description:
      'Finds approved tools, and tools of MCPbox itself, for a question in plain language. Best first.',
    input: z.strictObject({
      query: writtenText(1_000),
      limit: z.int().min(1).max(30).default(8),
    }),
    output: z.object({
      tools: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          arguments: z.string(),
          call_with: CallWith,
        }),
      ),
      next: z.string(),
    }),
    annotations: READS,
    answer: (call, { query, limit }) =>
      call.finish(async ({ toolIndex }) => {
        const found = await toolIndex.search(askedWords(query), { limit, own })
        return told({
          tools: found.map(({ name, description, inputSchema, annotations }) => ({
            name,
            description: beginning(description),
            arguments: argumentsInShort(inputSchema),
            call_with: CALL_WITH[effectOf(annotations)],
          })),
          next:
            found.length === 0
              ? 'Nothing has any of these words: use others, or write the tool with mcpbox_create_tool.'
              : 'Call one with its call_with, or read its schemas with mcpbox_describe_tool first.',
        })
      }),
  })

  const describeTool = managementTool({
    name: 'mcpbox_describe_tool',
    title: 'Describe tools',
    description: 'Gives description, schemas, hints and live version of tools.',
    input: z.strictObject({ names: z.array(z.string().max(64)).min(1).max(10) }),
    output: z.object({
      tools: z.array(
        z.looseObject({
          name: z.string(),
          description: z.string(),
          input_schema: JsonObject,
          call_with: CallWith,
          version: z.int().nullable(),
          hash: z.string().nullable(),
        }),
      ),
      missing: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
    annotations: READS,
    answer: (call, { names }) =>
      call.finish(async (stores) => {
        const tools: JsonObject[] = []
        const missing: { name: string; reason: string }[] = []
        for (const name of new Set(names)) {
          const own = ownByName.get(name)
          const found =
            own === undefined
              ? await described(stores, name)
              : { ...facts(own), version: null, hash: null }
          if (!(found instanceof Refusal)) tools.push(found)
          else if (names.length === 1) throw found
          else missing.push({ name, reason: found.problem.message })
        }
        return told({ tools, missing })
      }),
  })

  return [searchTools, describeTool]
}

/** The live tool of a name, or why there is none. */
async function described(stores: Stores, name: string): Promise<JsonObject | Refusal> {
  try {
    const { version } = await namedTool(stores, name)
    return { ...facts(listedTool(version, name)), version: version.number, hash: version.hash }
  } catch (fault) {
    if (fault instanceof Refusal) return fault
    throw fault
  }
}

function facts({ name, title, description, inputSchema, outputSchema, annotations }: CatalogTool) {
  const { title: _, ...hints } = annotations
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    input_schema: inputSchema,
    output_schema: outputSchema ?? null,
    annotations: hints,
    call_with: CALL_WITH[effectOf(annotations)],
  } satisfies JsonObject
}

function beginning(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).toWellFormed()}…`
}
