import type { ProblemCode } from '#contract/problem.ts'

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

/** The one place where a problem's code becomes an HTTP status and a JSON-RPC code. */
export function wireOf(code: ProblemCode): Wire {
  switch (code) {
    case 'unauthenticated':
    case 'token_invalid':
    case 'token_expired':
    case 'assertion_invalid':
    case 'assertion_expired':
    case 'assertion_replayed':
    case 'sign_in_failed':
      return { status: 401, rpc: REFUSED }
    case 'service_token_mismatch':
    case 'forbidden':
    case 'origin_not_allowed':
    case 'host_not_allowed':
    case 'setup_token_invalid':
    case 'not_approved':
      return { status: 403, rpc: REFUSED }
    case 'session_unknown':
      return { status: 404, rpc: SESSION_NOT_FOUND }
    case 'not_found':
      return { status: 404, rpc: METHOD_NOT_FOUND }
    case 'server_unknown':
    case 'tool_unknown':
    case 'approval_unknown':
    case 'operation_unknown':
      return { status: 404, rpc: REFUSED }
    case 'method_not_allowed':
      return { status: 405, rpc: REFUSED }
    case 'setup_done':
    case 'name_taken':
    case 'nothing_to_publish':
    case 'approval_decided':
    case 'approval_stale':
    case 'hash_mismatch':
    case 'operation_conflict':
    case 'cancelled':
      return { status: 409, rpc: REFUSED }
    case 'body_too_large':
      return { status: 413, rpc: REFUSED }
    case 'unsupported_media_type':
      return { status: 415, rpc: REFUSED }
    case 'code_invalid':
    case 'secret_unset':
    case 'reason_required':
      return { status: 422, rpc: REFUSED }
    case 'too_many_attempts':
      return { status: 429, rpc: REFUSED }
    case 'malformed_json':
    case 'malformed_utf8':
      return { status: 400, rpc: PARSE_ERROR }
    case 'invalid_request':
      return { status: 400, rpc: INVALID_REQUEST }
    case 'unknown_tool':
    case 'invalid_arguments':
      return { status: 400, rpc: INVALID_PARAMS }
    case 'not_configured':
    case 'origin_unreachable':
    case 'sandbox_unreachable':
    case 'database_unreachable':
    case 'busy':
      return { status: 503, rpc: REFUSED }
    case 'internal':
      return { status: 500, rpc: INTERNAL_ERROR }
  }
}
