import { isJSONRPCErrorResponse, type RequestId } from '@modelcontextprotocol/server'
import { isJsonObject } from '#contract/json.ts'
import type { Problem, ProblemCode } from '#contract/problem.ts'
import { wireOf } from './problem.ts'

export interface RpcErrorOptions {
  /** Id of the request that is answered; null when there is none to name. */
  id?: RequestId | null
  /** HTTP status, when it differs from the problem's own. */
  status?: number
  /** JSON-RPC code, when it differs from the problem's own. */
  rpc?: number
  headers?: Record<string, string>
}

/** A problem as a JSON-RPC error over HTTP; its stable code is in `error.data.code`. */
export function rpcError(problem: Problem, options: RpcErrorOptions = {}): Response {
  const wire = wireOf(problem.code)
  const error = {
    code: options.rpc ?? wire.rpc,
    message: problem.message,
    data: { code: problem.code },
  }
  return Response.json(
    { jsonrpc: '2.0', id: options.id ?? null, error },
    { status: options.status ?? wire.status, headers: options.headers ?? {} },
  )
}

/**
 * Adds the stable code to an error that the SDK built, from its JSON-RPC code. Data that the
 * specification asks for stays as it is; anything but an error response passes unchanged.
 */
export function withStableCode<T>(message: T): T {
  if (!isJSONRPCErrorResponse(message)) return message
  const { data } = message.error
  const known = isJsonObject(data) ? data : {}
  if ('code' in known || (data !== undefined && !isJsonObject(data))) return message
  const stamped = { ...known, code: codeOf(message.error.code) }
  return { ...message, error: { ...message.error, data: stamped } }
}

/** {@link withStableCode} for a whole HTTP answer; only refused ones are read. */
export async function withStableCodeInBody(response: Response): Promise<Response> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  if (response.status < 400 || !isJson) return response
  const body: unknown = await response.json()
  const { status, headers } = response
  headers.delete('content-length')
  return Response.json(withStableCode(body), { status, headers })
}

function codeOf(rpcCode: number): ProblemCode {
  switch (rpcCode) {
    case -32700:
      return 'malformed_json'
    case -32601:
      return 'not_found'
    case -32603:
      return 'internal'
    default:
      return 'invalid_request'
  }
}
