import type { Context } from 'hono'
import type { z } from 'zod'
import { complaints } from '#contract/complaints.ts'
import { nestsDeeperThan } from '#contract/json-depth.ts'
import { BODY_DEPTH, ORIGIN_BODY_BYTES } from '#contract/limits.ts'
import { refuse } from '../domain/refusal.ts'

/**
 * The bytes of a request body.
 * @throws Refusal body_too_large, before more than the limit is held
 */
export async function bodyBytes(c: Context): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > ORIGIN_BODY_BYTES)
      refuse('body_too_large', `The body is longer than ${ORIGIN_BODY_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/**
 * A JSON body of a known shape.
 * @throws Refusal unsupported_media_type, malformed_utf8, malformed_json, invalid_request
 */
export function parseBody<T>(c: Context, schema: z.ZodType<T>, bytes: Uint8Array): T {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    refuse('unsupported_media_type', 'The body must be application/json.')
  const text = decode(bytes)
  if (nestsDeeperThan(BODY_DEPTH, text))
    refuse('invalid_request', `The body nests deeper than ${BODY_DEPTH} levels.`)
  const read = schema.safeParse(parseJson(text))
  if (read.success) return read.data
  return refuse('invalid_request', complaints(read.error))
}

/** The fields of a form (WHATWG URL §5.1); of anything else, nothing that anybody looks for. */
export async function readForm(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(new TextDecoder().decode(await bodyBytes(c)))
}

/** `parseBody` of the whole body. */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  return parseBody(c, schema, await bodyBytes(c))
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('malformed_utf8', 'The body is not UTF-8.')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse('malformed_json', 'The body is not JSON.')
  }
}
