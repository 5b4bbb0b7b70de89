import { z } from 'zod'

const RequestId = z.int().positive()

/**
 * What a child says of its requests. Ids count upwards, so an id names one request for ever. All of
 * it may be the tool's own invention; sizes and characters are judged with the request.
 */
export const WebMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('http.request'),
    id: RequestId,
    method: z.string(),
    url: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    /** Whether `http.body` follows; the request goes out after the last of them. */
    body: z.boolean(),
    follow: z.boolean(),
    timeout_ms: z.number().positive().optional(),
  }),
  z.object({
    type: z.literal('http.body'),
    id: RequestId,
    /** Base64. */
    data: z.string(),
    last: z.boolean(),
  }),
  z.object({ type: z.literal('http.cancel'), id: RequestId }),
])
export type WebMessage = z.infer<typeof WebMessage>

/** What a child hears: one `http.response`, its body in order, and exactly one end or error. */
export type WebReply =
  | { type: 'http.response'; id: number; status: number; url: string; headers: [string, string][] }
  | { type: 'http.body'; id: number; data: string }
  | { type: 'http.end'; id: number }
  | { type: 'http.error'; id: number; reason: string; message: string }
