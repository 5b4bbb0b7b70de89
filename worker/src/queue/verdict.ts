import type { ProblemCode } from '#contract/problem.ts'

/**
 * What a refusal means for a call that is being delivered: that it goes on waiting, because the origin
 * or the way to it is not in order; that this delivery failed, for a reason that may pass or may lie in
 * the call; or that the call itself is refused, and never runs.
 */
export type Verdict = 'waits' | 'failed' | 'refused'

export function verdictOn(code: ProblemCode): Verdict {
  switch (code) {
    case 'origin_unreachable':
    case 'sandbox_unreachable':
    case 'database_unreachable':
    case 'busy':
    case 'rate_limited':
    case 'too_many_attempts':
    // Between a Worker and an origin whose secrets or clocks differ; a person puts that right.
    case 'not_configured':
    case 'service_token_mismatch':
    case 'assertion_invalid':
    case 'assertion_expired':
    case 'assertion_replayed':
    case 'host_not_allowed':
    case 'origin_not_allowed':
      return 'waits'
    case 'internal':
      return 'failed'
    case 'unauthenticated':
    case 'token_invalid':
    case 'token_expired':
    case 'sign_in_needed':
    case 'setup_done':
    case 'setup_token_invalid':
    case 'sign_in_failed':
    case 'password_wrong':
    case 'malformed_json':
    case 'malformed_utf8':
    case 'unsupported_media_type':
    case 'body_too_large':
    case 'invalid_request':
    case 'not_found':
    case 'method_not_allowed':
    case 'precondition_required':
    case 'precondition_failed':
    case 'session_unknown':
    case 'unknown_tool':
    case 'unknown_prompt':
    case 'unknown_resource':
    case 'invalid_arguments':
    case 'operation_unknown':
    case 'operation_conflict':
    case 'cancelled':
    case 'name_taken':
    case 'server_unknown':
    case 'server_stopped':
    case 'destructive_from_afar':
    case 'tool_unknown':
    case 'version_unknown':
    case 'code_invalid':
    case 'admins_only':
    case 'not_approved':
    case 'nothing_to_publish':
    case 'tests_missing':
    case 'version_changed':
    case 'edit_failed':
    case 'approval_unknown':
    case 'approval_decided':
    case 'approval_stale':
    case 'hash_mismatch':
    case 'secret_unknown':
    case 'secret_unset':
    case 'link_invalid':
    case 'execution_failed':
    case 'capability_missing':
    case 'reason_required':
    case 'grant_unknown':
    case 'permission_unknown':
    case 'request_unknown':
    case 'request_decided':
    case 'request_rejected':
    case 'too_many_requests':
    case 'already_revoked':
    case 'not_revoked':
    case 'expiry_past':
    case 'package_refused':
    case 'wrong_call_tool':
    case 'rotation_unknown':
    case 'deployment_changed':
    case 'queue_full':
    case 'call_expired':
      return 'refused'
  }
}
