import { z } from 'zod'
import { JsonObject } from './json.ts'
import { MAX_QUESTIONS_AT_ONCE } from './limits.ts'

/** What a running tool may ask of the client that called it (MCP, client features). */
const AskMethod = z.enum(['elicitation/create', 'sampling/createMessage', 'roots/list'])

/** One question of a running tool. Its key tells it from those that stand at the same time. */
export const Ask = z.strictObject({
  key: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/),
  method: AskMethod,
  params: JsonObject,
})
export type Ask = z.infer<typeof Ask>

/** What came of a question: the client's own result, or why there is none. */
export const AskReply = z.union([
  z.strictObject({ key: Ask.shape.key, result: JsonObject }),
  z.strictObject({
    key: Ask.shape.key,
    error: z.strictObject({ code: z.int(), message: z.string().max(2_000) }),
  }),
])
export type AskReply = z.infer<typeof AskReply>

/**
 * Body of `POST /operations/:op_id/replies`. `seq` is that of the event that asked. A reply to a
 * question that no longer stands is dropped.
 */
export const AskReplies = z.strictObject({
  seq: z.int().positive(),
  replies: z.array(AskReply).min(1).max(MAX_QUESTIONS_AT_ONCE),
})
export type AskReplies = z.infer<typeof AskReplies>
