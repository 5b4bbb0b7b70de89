import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  isJsonContentType,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server'
import { nestsDeeperThan } from '#contract/json-depth.ts'
import { BODY_DEPTH } from '#contract/limits.ts'
import type { Problem, ProblemCode } from '#contract/problem.ts'
import { readText } from './read-text.ts'
import { rpcError } from './rpc-error.ts'

export type ReadMessage = { ok: true; message: JSONRPCMessage } | { ok: false; refusal: Response }

/** Reads the one JSON-RPC message of a POST, or says what is wrong with it. */
export async function readMessage(request: Request, maxBytes: number): Promise<ReadMessage> {
  if (!isJsonContentType(request.headers.get('content-type')))
    return refuse('unsupported_media_type')
  const body = await readText(request, maxBytes)
  if (!body.ok) return refuse(body.code, { maxBytes })
  if (nestsDeeperThan(BODY_DEPTH, body.text)) {
    return refuse('invalid_request', { why: `It nests deeper than ${BODY_DEPTH} levels.` })
  }
  const json = parseJson(body.text)
  if (json === undefined) return refuse('malformed_json')
  if (Array.isArray(json)) return refuse('invalid_request', { why: 'Batches are not served.' })
  return isMessage(json) ? { ok: true, message: json } : refuse('invalid_request', { of: json })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value)
}

type Fault = Extract<
  ProblemCode,
  | 'unsupported_media_type'
  | 'body_too_large'
  | 'malformed_utf8'
  | 'malformed_json'
  | 'invalid_request'
>

function refuse(
  code: Fault,
  { maxBytes = 0, why = '', of }: { maxBytes?: number; why?: string; of?: unknown } = {},
): ReadMessage {
  const sentences: Record<Fault, string> = {
    unsupported_media_type: 'The content type must be application/json.',
    body_too_large: `The body must not be larger than ${maxBytes} bytes.`,
    malformed_utf8: 'The body is not UTF-8.',
    malformed_json: 'The body is not JSON.',
    invalid_request: `The body is not one JSON-RPC 2.0 message. ${why}`.trimEnd(),
  }
  const problem: Problem = { code, message: sentences[code] }
  return { ok: false, refusal: rpcError(problem, { id: idOf(of) }) }
}

/** The id of something that wanted to be a request, as far as it can be one (JSON-RPC 2.0 §5). */
function idOf(value: unknown): string | number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null
}
