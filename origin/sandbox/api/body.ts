import type { z } from 'zod'
import { nestsDeeperThan } from '#contract/json-depth.ts'
import { BODY_DEPTH } from '#contract/limits.ts'
import { Refusal } from './problem.ts'

/** Code, arguments and secrets together, as bytes of JSON. */
const MAX_BODY_BYTES = 2_000_000

/** Reads a JSON body of the given shape; a Refusal that says what is wrong otherwise. */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new Refusal(415, 'unsupported_media_type', 'send application/json')
  }
  const parsed = schema.safeParse(toJson(await readBytes(request)))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new Refusal(400, 'invalid_request', `${where === '' ? 'body' : where}: ${issue?.message}`)
}

async function readBytes(request: Request): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of request.body ?? []) {
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) {
      throw new Refusal(413, 'body_too_large', `a body has at most ${MAX_BODY_BYTES} bytes`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function toJson(bytes: Buffer): unknown {
  const text = toText(bytes)
  if (nestsDeeperThan(BODY_DEPTH, text)) {
    throw new Refusal(400, 'invalid_request', `the body nests deeper than ${BODY_DEPTH} levels`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Refusal(400, 'malformed_json', 'the body is not JSON')
  }
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'malformed_utf8', 'the body is not UTF-8')
  }
}
