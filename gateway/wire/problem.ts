import { statusOf, type ProblemCode } from '#contract/problem.ts'

/** How a refusal looks on each of the two wires. */
export interface Wire {
  /** HTTP status, for an answer that is not inside a stream. */
  status: number
  /** JSON-RPC 2.0 error code; -32000…-32019 are ours (MCP 2026-07-28, basic). */
  rpc: number
}

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602
const INTERNAL_ERROR = -32603
const REFUSED = -32000
const SESSION_NOT_FOUND = -32001

/** Refusals that JSON-RPC or MCP have a code of their own for. */
const RPC_CODES: Partial<Record<ProblemCode, number>> = {
  malformed_json: PARSE_ERROR,
  malformed_utf8: PARSE_ERROR,
  invalid_request: INVALID_REQUEST,
  not_found: METHOD_NOT_FOUND,
  unknown_tool: INVALID_PARAMS,
  unknown_prompt: INVALID_PARAMS,
  unknown_resource: INVALID_PARAMS,
  invalid_arguments: INVALID_PARAMS,
  session_unknown: SESSION_NOT_FOUND,
  internal: INTERNAL_ERROR,
}

/** How a problem is told over HTTP and JSON-RPC. A refusal without a code of its own has the general one. */
export function wireOf(code: ProblemCode): Wire {
  return { status: statusOf(code), rpc: RPC_CODES[code] ?? REFUSED }
}
