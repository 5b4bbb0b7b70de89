import { z } from 'zod'
import { Ask } from './asks.ts'
import { JsonObject } from './json.ts'
import { LONGEST_CALL_MS, MAX_QUESTIONS_AT_ONCE, MAX_URI_CHARS } from './limits.ts'
import { Problem } from './problem.ts'

/** Identity of one operation, minted by the host that mounts the gateway; the key of idempotency. */
export const OpId = z
  .uuid()
  .refine((id) => id === id.toLowerCase(), 'must be in lower case')
  .brand('OpId')
export type OpId = z.infer<typeof OpId>

/** Protocol era of the asking client: sessions (≤ 2025-11-25) or stateless (2026-07-28). */
export const Era = z.enum(['legacy', 'modern'])
export type Era = z.infer<typeof Era>

const Label = z
  .string()
  .max(200)
  .regex(/^\P{C}*$/u, 'must be one line of visible text')

/**
 * What the client said of itself. A claim: shown to people, and a hint how long it waits; never used
 * to decide what it may.
 */
export const ClientInfo = z.object({ name: Label, version: Label })
export type ClientInfo = z.infer<typeof ClientInfo>

/** An IP address, as it is written (RFC 791, RFC 4291 §2.2). */
export const NetworkAddress = z.string().regex(/^[0-9A-Fa-f:.]{2,45}$/, 'must be an IP address')

const common = {
  op_id: OpId,
  era: Era,
  client: ClientInfo.nullable(),
  /** What the host of the front knows of where it was asked from. For people. */
  address: NetworkAddress.optional(),
  /** Milliseconds the asking side is ready to wait for the result. */
  deadline_ms: z.int().positive().max(LONGEST_CALL_MS),
}

const Named = z.string().min(1).max(200)
const Uri = z.string().min(1).max(MAX_URI_CHARS)
const Texts = z.record(z.string(), z.string())

/**
 * One thing to do for a client, asked once however often it is sent: `POST /operations`. The
 * principal is not in it; it comes from the door.
 */
export const OperationRequest = z.discriminatedUnion('method', [
  z.strictObject({
    ...common,
    method: z.literal('tools/call'),
    params: z.strictObject({ name: Named, arguments: JsonObject }),
  }),
  z.strictObject({
    ...common,
    method: z.literal('prompts/get'),
    params: z.strictObject({ name: Named, arguments: Texts }),
  }),
  z.strictObject({
    ...common,
    method: z.literal('resources/read'),
    params: z.strictObject({ uri: Uri }),
  }),
  z.strictObject({
    ...common,
    method: z.literal('completion/complete'),
    params: z.strictObject({
      ref: z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('ref/prompt'), name: Named }),
        z.strictObject({ type: z.literal('ref/resource'), uri: Uri }),
      ]),
      argument: z.strictObject({ name: Named, value: z.string().max(10_000) }),
      /** Arguments that are settled already. */
      context: Texts,
    }),
  }),
])
export type OperationRequest = z.infer<typeof OperationRequest>
export type OperationMethod = OperationRequest['method']

/**
 * What a tool call ends in, in the shape of an MCP CallToolResult (2025-11-25, server/tools).
 * Loose on purpose: content passes through as the origin built it.
 */
export const ToolResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
})
export type ToolResult = z.infer<typeof ToolResult>

/** The result of any operation, as MCP clients get it. A tool call’s is a {@link ToolResult}. */
export const OperationResult = z.looseObject({})
export type OperationResult = z.infer<typeof OperationResult>

export const LogLevel = z.enum([
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
])
export type LogLevel = z.infer<typeof LogLevel>

const Seq = z.int().positive()

/**
 * Line of the NDJSON stream that answers an operation. Numbered lines are the same for every
 * reader and every replica, so a reader that lost its stream asks for the events `after` the last
 * `seq` it saw. Exactly one `result` or `problem` ends the stream.
 */
export const OperationEvent = z.discriminatedUnion('type', [
  /** Names another operation than was asked for when that is taken up in its place. */
  z.object({ type: z.literal('accepted'), op_id: OpId }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({
    type: z.literal('progress'),
    seq: Seq,
    progress: z.number(),
    total: z.number().optional(),
    message: z.string().optional(),
  }),
  z.object({ type: z.literal('log'), seq: Seq, level: LogLevel, data: z.unknown() }),
  /** The operation waits for replies to these; `POST /operations/:op_id/replies`. */
  z.object({
    type: z.literal('asks'),
    seq: Seq,
    asks: z.array(Ask).min(1).max(MAX_QUESTIONS_AT_ONCE),
  }),
  /** In the shape of the method's own MCP result. */
  z.object({ type: z.literal('result'), seq: Seq, result: OperationResult }),
  z.object({ type: z.literal('problem'), seq: Seq, problem: Problem }),
])
export type OperationEvent = z.infer<typeof OperationEvent>

/** True for the event that ends an operation's stream. */
export function isFinal(
  event: OperationEvent,
): event is Extract<OperationEvent, { type: 'result' | 'problem' }> {
  return event.type === 'result' || event.type === 'problem'
}
