import { createHash } from 'node:crypto'
import { canonicalJson } from '#contract/json.ts'
import type { OpId, OperationEvent, OperationRequest } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'

/**
 * What is sent to a sandbox for an operation, written before it is sent. A later owner never sends
 * it again but asks for its events. Another boot gets it only when this one refused it unseen, so
 * no version runs twice for one operation.
 */
export interface Dispatch {
  bootId: string
  versionId: string
}

/** One operation as every replica sees it. */
export interface Operation {
  opId: OpId
  principal: Principal
  request: OperationRequest
  requestId: string
  state: 'running' | 'done'
  /** What an earlier owner noted, and may have sent. */
  dispatch: Dispatch | null
  cancelled: boolean
  createdAt: Date
}

/** An event of an operation that is kept, and replayed to whoever attaches later. */
export type NumberedEvent = Exclude<OperationEvent, { type: 'accepted' | 'heartbeat' }>

/** Tells whether two requests with one `op_id` ask for the same thing. */
export function requestDigest(request: OperationRequest): string {
  const { method, params } = request
  return createHash('sha256').update(canonicalJson({ method, params })).digest('hex')
}
