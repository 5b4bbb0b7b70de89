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
  'forbidden',
  'origin_not_allowed',
  'host_not_allowed',
  'setup_done',
  'setup_token_invalid',
  'sign_in_failed',
  'too_many_attempts',
  // what is asked
  'malformed_json',
  'malformed_utf8',
  'unsupported_media_type',
  'body_too_large',
  'invalid_request',
  'not_found',
  'method_not_allowed',
  'session_unknown',
  'unknown_tool',
  'invalid_arguments',
  'operation_unknown',
  'operation_conflict',
  'cancelled',
  // rules of tools and approvals
  'name_taken',
  'server_unknown',
  'tool_unknown',
  'code_invalid',
  'not_approved',
  'nothing_to_publish',
  'approval_unknown',
  'approval_decided',
  'approval_stale',
  'hash_mismatch',
  'secret_unset',
  'reason_required',
  // parts that are away
  'origin_unreachable',
  'sandbox_unreachable',
  'database_unreachable',
  'busy',
  'internal',
])
export type ProblemCode = z.infer<typeof ProblemCode>

/** The wire form of a refusal: one code for machines, one sentence for people. */
export const Problem = z.object({
  code: ProblemCode,
  message: z.string(),
})
export type Problem = z.infer<typeof Problem>

/** The body of every HTTP error that is not JSON-RPC. */
export const ProblemBody = z.object({ error: Problem, request_id: z.string().optional() })
export type ProblemBody = z.infer<typeof ProblemBody>
