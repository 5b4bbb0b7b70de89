import { z } from 'zod'

/** Stable codes of every expected refusal. A code is never renamed or given a second meaning. */
export const ProblemCode = z.enum([
  // who is asking
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'service_token_mismatch',
  'assertion_invalid',
  'assertion_expired',
  'assertion_replayed',
  'not_configured',
  'sign_in_needed',
  'rate_limited',
  'origin_not_allowed',
  'host_not_allowed',
  'setup_done',
  'setup_token_invalid',
  'sign_in_failed',
  'password_wrong',
  'too_many_attempts',
  // what is asked
  'malformed_json',
  'malformed_utf8',
  'unsupported_media_type',
  'body_too_large',
  'invalid_request',
  'not_found',
  'method_not_allowed',
  'precondition_required',
  'precondition_failed',
  'session_unknown',
  'unknown_tool',
  'unknown_prompt',
  'unknown_resource',
  'invalid_arguments',
  'operation_unknown',
  'operation_conflict',
  'cancelled',
  // rules of tools and approvals
  'name_taken',
  'server_unknown',
  'server_stopped',
  'tool_unknown',
  'version_unknown',
  'code_invalid',
  'admins_only',
  'not_approved',
  'destructive_from_afar',
  'nothing_to_publish',
  'tests_missing',
  'version_changed',
  'edit_failed',
  'approval_unknown',
  'approval_decided',
  'approval_stale',
  'hash_mismatch',
  'secret_unknown',
  'secret_unset',
  'link_invalid',
  'execution_failed',
  'capability_missing',
  'reason_required',
  'grant_unknown',
  'permission_unknown',
  'request_unknown',
  'request_decided',
  'request_rejected',
  'too_many_requests',
  'already_revoked',
  'not_revoked',
  'expiry_past',
  'package_refused',
  // deployments
  'rotation_unknown',
  'deployment_changed',
  'wrong_call_tool',
  // parts that are away
  'origin_unreachable',
  'sandbox_unreachable',
  'database_unreachable',
  'queue_full',
  'call_expired',
  'busy',
  'internal',
])
export type ProblemCode = z.infer<typeof ProblemCode>

/** A refusal: one code for machines, one sentence for people. */
export const Problem = z.object({
  code: ProblemCode,
  message: z.string(),
})
export type Problem = z.infer<typeof Problem>

/** Media type of {@link ProblemBody}. */
export const PROBLEM_TYPE = 'application/problem+json'

/** The body of every HTTP error that is not JSON-RPC: a problem of RFC 9457, with our code. */
export const ProblemBody = z.object({
  /** One per code; names the problem and leads nowhere (RFC 9457 §4.1). */
  type: z.string(),
  /** The same for every problem of this type. */
  title: z.string(),
  /** The HTTP status. */
  status: z.int(),
  /** What happened this time, as one sentence for people. */
  detail: z.string(),
  code: ProblemCode,
  request_id: z.string().optional(),
})
export type ProblemBody = z.infer<typeof ProblemBody>

/** A refusal as a body, of the request with this id. */
export function problemBody({ code, message }: Problem, requestId?: string): ProblemBody {
  const words = code.replaceAll('_', ' ')
  return {
    type: `urn:problem-type:mcpbox:${code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status: statusOf(code),
    detail: message,
    code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  }
}

/** The refusal that a body tells of. */
export function problemOf({ code, detail }: ProblemBody): Problem {
  return { code, message: detail }
}

/** The HTTP status of each refusal (RFC 9110 §15). */
export function statusOf(code: ProblemCode) {
  switch (code) {
    case 'malformed_json':
    case 'malformed_utf8':
    case 'invalid_request':
    case 'invalid_arguments':
    case 'code_invalid':
    case 'capability_missing':
    case 'reason_required':
    case 'expiry_past':
    case 'package_refused':
    case 'wrong_call_tool':
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
    case 'sign_in_needed':
    case 'origin_not_allowed':
    case 'host_not_allowed':
    case 'setup_token_invalid':
    case 'password_wrong':
    case 'admins_only':
    case 'not_approved':
    case 'destructive_from_afar':
      return 403
    case 'not_found':
    case 'session_unknown':
    case 'unknown_tool':
    case 'unknown_prompt':
    case 'unknown_resource':
    case 'operation_unknown':
    case 'server_unknown':
    case 'tool_unknown':
    case 'version_unknown':
    case 'approval_unknown':
    case 'grant_unknown':
    case 'permission_unknown':
    case 'request_unknown':
    case 'secret_unknown':
    case 'link_invalid':
      return 404
    case 'method_not_allowed':
      return 405
    case 'operation_conflict':
    case 'cancelled':
    case 'setup_done':
    case 'name_taken':
    case 'nothing_to_publish':
    case 'tests_missing':
    case 'version_changed':
    case 'edit_failed':
    case 'approval_decided':
    case 'request_decided':
    case 'request_rejected':
    case 'already_revoked':
    case 'not_revoked':
    case 'approval_stale':
    case 'hash_mismatch':
    case 'server_stopped':
    case 'secret_unset':
    case 'rotation_unknown':
    case 'deployment_changed':
      return 409
    case 'call_expired':
      return 410
    case 'precondition_failed':
      return 412
    case 'body_too_large':
      return 413
    case 'unsupported_media_type':
      return 415
    case 'precondition_required':
      return 428
    case 'too_many_attempts':
    case 'rate_limited':
    case 'too_many_requests':
      return 429
    case 'execution_failed':
    case 'internal':
      return 500
    case 'not_configured':
    case 'origin_unreachable':
    case 'sandbox_unreachable':
    case 'database_unreachable':
    case 'queue_full':
    case 'busy':
      return 503
  }
}
