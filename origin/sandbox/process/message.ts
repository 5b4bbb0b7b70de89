import { z } from 'zod'
import { Ask } from '#contract/asks.ts'
import { LogLevel } from '#contract/operation.ts'
import { Content } from '#contract/content.ts'
import type { Json } from '#contract/json.ts'
import { MAX_QUESTIONS_AT_ONCE } from '#contract/limits.ts'
import { WebMessage } from '../egress/message.ts'

/** Parsed JSON from the channel. It came through JSON.parse, so it is JSON; only its depth and
 * length were open, and the decoder has bounded both. */
const AnyJson = z.custom<Json>((value) => value !== undefined)

/** Far above what the runner says of a failure; it cuts. */
const Failure = z.object({
  type: z.string().max(1_000),
  message: z.string().max(100_000),
  traceback: z.string().max(100_000),
})

const reply = { value: AnyJson, content: Content.optional() }

/**
 * What a confined process may say after its greeting. All of it may be the tool's own invention:
 * it runs in the same interpreter as the runner. So nothing here is about the process itself.
 */
export const Message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    progress: z.number(),
    total: z.number().optional(),
    message: z.string().optional(),
  }),
  z.object({ type: z.literal('log'), level: LogLevel, data: AnyJson }),
  z.object({ type: z.literal('result'), ...reply }),
  z.object({ type: z.literal('failed'), failure: Failure, reply: z.object(reply).optional() }),
  z.object({ type: z.literal('too_large'), bytes: z.number() }),
  z.object({
    type: z.literal('ask'),
    id: z.int().positive(),
    asks: z.array(Ask).min(1).max(MAX_QUESTIONS_AT_ONCE),
  }),
  ...WebMessage.options,
])
export type Message = z.infer<typeof Message>

export type Event = Extract<Message, { type: 'progress' | 'log' }>
export type Question = Extract<Message, { type: 'ask' }>
export type Final = Exclude<Message, Event | Question | WebMessage>

export function isEvent(message: Message): message is Event {
  return message.type === 'progress' || message.type === 'log'
}

export function isWeb(message: Message): message is WebMessage {
  return message.type.startsWith('http.')
}

export function isFinal(message: Message): message is Final {
  return !isEvent(message) && message.type !== 'ask' && !isWeb(message)
}
