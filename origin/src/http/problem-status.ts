import type { ProblemCode } from '#contract/problem.ts'

/** The HTTP status of each refusal (RFC 9110 §15). */
export function problemStatus(code: ProblemCode) {
  switch (code) {
    case 'malformed_json':
    case 'malformed_utf8':
    case 'invalid_request':
    case 'invalid_arguments':
    case 'code_invalid':
    case 'reason_required':
      return 400
    case 'unauthenticated':
    case 'token_invalid':
    case 'token_expired':
    case 'sign_in_failed':
      return 401
    case 'service_token_mismatch':
    case 'assertion_invalid':
    case 'assertion_expired':
    case 'assertion_replayed':
    case 'forbidden':
    case 'origin_not_allowed':
    case 'host_not_allowed':
    case 'setup_token_invalid':
    case 'not_approved':
      return 403
    case 'not_found':
    case 'session_unknown':
    case 'unknown_tool':
    case 'operation_unknown':
    case 'server_unknown':
    case 'tool_unknown':
    case 'approval_unknown':
      return 404
    case 'method_not_allowed':
      return 405
    case 'operation_conflict':
    case 'cancelled':
    case 'setup_done':
    case 'name_taken':
    case 'nothing_to_publish':
    case 'approval_decided':
    case 'approval_stale':
    case 'hash_mismatch':
    case 'secret_unset':
      return 409
    case 'body_too_large':
      return 413
    case 'unsupported_media_type':
      return 415
    case 'too_many_attempts':
      return 429
    case 'internal':
      return 500
    case 'not_configured':
    case 'origin_unreachable':
    case 'sandbox_unreachable':
    case 'database_unreachable':
    case 'busy':
      return 503
  }
}
