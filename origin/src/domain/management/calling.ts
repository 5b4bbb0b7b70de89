import { z } from 'zod'
import type { ToolAnnotations } from '#contract/catalog.ts'
import { callResult } from '../executions/tool-result.ts'
import { Refusal, refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { callableVersion } from '../tools/callable.ts'
import type { Candidate } from '../tools/tool-store.ts'
import { type Effect, effectOf } from '../tools/effect.ts'
import * as inputs from './inputs.ts'
import { managementTool, type ManagementTool } from './management-tool.ts'

/** By which tool one of each effect is called that is not in a client's list. */
export const CALL_WITH = {
  read: 'mcpbox_call_read_tool',
  write: 'mcpbox_call_tool',
  destructive: 'mcpbox_call_destructive_tool',
} as const satisfies Record<Effect, string>

/** Each calls what does no more harm than it says itself. */
const CALLS: Record<Effect, readonly Effect[]> = {
  read: ['read'],
  write: ['read', 'write'],
  destructive: ['read', 'write', 'destructive'],
}

const SAYS: Record<Effect, { title: string; description: string }> = {
  read: {
    title: 'Call a tool that reads',
    description: 'Calls a tool that is marked read-only, whether it is in your list or not.',
  },
  write: {
    title: 'Call a tool that writes',
    description: 'Calls a tool that changes things without destroying any.',
  },
  destructive: {
    title: 'Call a tool that may destroy',
    description: 'Calls any tool, also one that may destroy or whose effects are unknown.',
  },
}

/**
 * The three tools by which any other is called, so that a client's permissions for each mean something.
 * What a tool is taken for are the hints that a person approved; unknown means destructive.
 * @param own the management tools that may be called by these
 */
export function callTools(own: ReadonlyMap<string, ManagementTool>): ManagementTool[] {
  return (['read', 'write', 'destructive'] as const).map((effect) =>
    managementTool({
      name: CALL_WITH[effect],
      ...SAYS[effect],
      input: z.strictObject({
        name: z.string().max(64),
        arguments: inputs.toolArguments.default({}),
      }),
      output: null,
      callsAnother: true,
      annotations: {
        readOnlyHint: effect === 'read',
        destructiveHint: effect === 'destructive',
        idempotentHint: effect === 'read',
        openWorldHint: true,
      },
      async answer(call, { name, arguments: args }) {
        const management = own.get(name)
        if (management !== undefined) {
          assertNoWorse(name, management.catalog.annotations, effect)
          return management.answer(call, args)
        }
        if (name.startsWith('mcpbox_'))
          refuse(
            'tool_unknown',
            `"${name}" is not called through another tool; call it directly, or look for one with mcpbox_search_tools.`,
          )
        await call.execute({
          kind: 'call',
          arguments: args,
          conclude: callResult,
          async choose() {
            const candidate = await namedTool(call.stores, name)
            assertNoWorse(name, candidate.version.annotations, effect)
            return candidate
          },
        })
      },
    }),
  )
}

/**
 * The live tool that an argument of a management tool names. To a client it is no unknown tool: it
 * called one that there is.
 * @throws Refusal tool_unknown, not_approved
 */
export async function namedTool(
  stores: Pick<Stores, 'tools' | 'approvals'>,
  name: string,
): Promise<Candidate> {
  try {
    return await callableVersion(stores, 'tool', name)
  } catch (fault) {
    if (fault instanceof Refusal && fault.problem.code === 'unknown_tool')
      return refuse('tool_unknown', fault.problem.message)
    throw fault
  }
}

/** @throws Refusal wrong_call_tool */
function assertNoWorse(name: string, annotations: ToolAnnotations, allowed: Effect): void {
  const effect = effectOf(annotations)
  if (!CALLS[allowed].includes(effect))
    refuse('wrong_call_tool', `"${name}" ${IN_WORDS[effect]}; call it with ${CALL_WITH[effect]}.`)
}

const IN_WORDS: Record<Effect, string> = {
  read: 'only reads',
  write: 'is not marked read-only',
  destructive: 'may destroy, or nobody said that it does not',
}
