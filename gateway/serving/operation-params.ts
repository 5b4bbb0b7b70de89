import { z } from 'zod'
import { isJsonObject, type JsonObject } from '#contract/json.ts'
import { OperationRequest, type OperationMethod } from '#contract/operation.ts'
import type { Problem } from '#contract/problem.ts'

/** The half of an operation that a client writes. */
export type Asked = OperationRequest extends infer Each
  ? Each extends OperationRequest
    ? Pick<Each, 'method' | 'params'>
    : never
  : never

const Texts = z.record(z.string(), z.string()).default({})

/**
 * `params` as clients send them: MCP leaves some out, and adds fields that are none of ours. What
 * stays is bounded by the contract. Arguments of a tool were JSON before and need no second look.
 */
const PARAMS = {
  'tools/call': z.object({
    name: z.string(),
    arguments: z.custom<JsonObject>(isJsonObject, 'must be an object').default({}),
  }),
  'prompts/get': z.object({ name: z.string(), arguments: Texts }),
  'resources/read': z.object({ uri: z.string() }),
  'completion/complete': z
    .object({
      ref: z.discriminatedUnion('type', [
        z.object({ type: z.literal('ref/prompt'), name: z.string() }),
        z.object({ type: z.literal('ref/resource'), uri: z.string() }),
      ]),
      argument: z.object({ name: z.string(), value: z.string() }),
      context: z.object({ arguments: Texts }).default({ arguments: {} }),
    })
    .transform(({ ref, argument, context }) => ({ ref, argument, context: context.arguments })),
} satisfies Record<OperationMethod, z.ZodType>

export const OPERATION_METHODS: ReadonlySet<string> = new Set(Object.keys(PARAMS))

const ASKED = {
  'tools/call': OperationRequest.options[0].pick({ method: true, params: true }),
  'prompts/get': OperationRequest.options[1].pick({ method: true, params: true }),
  'resources/read': OperationRequest.options[2].pick({ method: true, params: true }),
  'completion/complete': OperationRequest.options[3].pick({ method: true, params: true }),
} satisfies Record<OperationMethod, z.ZodType<Asked>>

/** What a client asks for by one of {@link OPERATION_METHODS}, or why it cannot be understood. */
export function readAsked(
  method: string,
  params: unknown,
): { asked: Asked } | { problem: Problem } {
  if (!isOperationMethod(method)) return invalid(`${method} is no operation`)
  const read = PARAMS[method].safeParse(params ?? {})
  if (!read.success) return invalid(z.prettifyError(read.error))
  const asked = ASKED[method].safeParse({ method, params: read.data })
  return asked.success ? { asked: asked.data } : invalid(z.prettifyError(asked.error))
}

function isOperationMethod(method: string): method is OperationMethod {
  return OPERATION_METHODS.has(method)
}

function invalid(message: string): { problem: Problem } {
  return { problem: { code: 'invalid_arguments', message } }
}
