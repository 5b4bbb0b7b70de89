import { z } from 'zod'

const RequestId = z.int().positive()

/** Far above what a request may have; what goes beyond was not written by our client. */
const MOST_HEADERS = 1_000
const MOST_HEAD_CHARS = 65_536

/**
 * Header pairs of a bounded size. Looked at by hand: the schema would judge every element of a list
 * of any length before it found the list too long.
 */
const Headers = z.custom<[string, string][]>((value) => {
  if (!Array.isArray(value) || value.length > MOST_HEADERS) return false
  let chars = 0
  for (const pair of value as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return false
    const [name, text] = pair as unknown[]
    if (typeof name !== 'string' || typeof text !== 'string') return false
    chars += name.length + text.length
    if (chars > MOST_HEAD_CHARS) return false
  }
  return true
})

/**
 * What a child says of its requests. Ids count upwards, so an id names one request for ever. All of
 * it may be the tool's own invention; characters, and sizes within these bounds, are judged with the
 * request.
 */
export const WebMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('http.request'),
    id: RequestId,
    method: z.string().max(MOST_HEAD_CHARS),
    url: z.string().max(MOST_HEAD_CHARS),
    headers: Headers,
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
