import { isJsonObject } from '#contract/json.ts'
import type { OperationRequest, OperationResult } from '#contract/operation.ts'
import type { Stores } from '../stores.ts'
import { callableVersion } from '../tools/callable.ts'

/** MCP 2025-11-25, server/utilities/completion. */
const MOST_VALUES = 100

/**
 * Completes an argument of a prompt, or a variable of an address, from what its type allows: a
 * `Literal` or an enum has values to offer, any other type has none. No code runs.
 * @throws Refusal unknown_prompt, unknown_resource, not_approved
 */
export async function complete(
  stores: Pick<Stores, 'tools' | 'approvals'>,
  { ref, argument }: Extract<OperationRequest, { method: 'completion/complete' }>['params'],
): Promise<OperationResult> {
  const { version } = await (ref.type === 'ref/prompt'
    ? callableVersion(stores, 'prompt', ref.name)
    : callableVersion(stores, 'resource', ref.uri))
  const { properties } = version.inputSchema
  const schema: unknown = Object.entries(properties ?? {}).find(
    ([name]) => name === argument.name,
  )?.[1]
  const begun = argument.value.toLowerCase()
  const fitting = textsOf(schema).filter((text) => text.toLowerCase().startsWith(begun))
  const values = fitting.slice(0, MOST_VALUES)
  const hasMore = fitting.length > values.length
  return { completion: { values, total: fitting.length, hasMore } }
}

/** Texts that a schema names, alone or as one of its choices. */
function textsOf(schema: unknown): string[] {
  if (!isJsonObject(schema)) return []
  const { enum: named, const: only, anyOf } = schema
  const all = [...(Array.isArray(named) ? named : []), only]
  const deeper = Array.isArray(anyOf) ? anyOf.flatMap(textsOf) : []
  return [...all.filter((value) => typeof value === 'string'), ...deeper]
}
