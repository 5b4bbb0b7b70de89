import { lineText } from '#contract/manifest.ts'
import { adminDoer, type Seen } from '../activity.ts'
import { type Acting, assertAhead } from '../grants/change.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { type PermissionRequest, subjectName } from './permission.ts'

export interface PermissionDecision {
  requestId: string
  decision: 'approve' | 'reject'
  reason: string | null
  /** Of an approval; null for no end in sight. */
  expiresAt: Date | null
}

/**
 * Answers a question about a permission. Of several answers one stands; the others hear which.
 * @throws Refusal request_unknown, request_decided, reason_required, expiry_past
 */
export async function decidePermission(
  stores: Stores,
  admin: Acting,
  { requestId, decision, reason, expiresAt }: PermissionDecision,
  seen: Seen,
): Promise<PermissionRequest> {
  const { permissions, activity } = stores
  await permissions.lock((await permissions.request(requestId)) ?? requestUnknown())
  const request = (await permissions.request(requestId)) ?? requestUnknown()
  if (request.state !== 'waiting')
    refuse(
      'request_decided',
      `${request.decidedBy ?? 'Someone'} has already ${request.state} this, at ${request.decidedAt?.toISOString() ?? 'an unknown time'}.`,
    )
  if (decision === 'reject' && !reason?.trim())
    refuse('reason_required', 'Say why it is rejected; the assistant reads it.')
  assertAhead(expiresAt)

  const state = decision === 'approve' ? 'approved' : 'rejected'
  await permissions.decide(requestId, { state, adminId: admin.id, reason })
  const granted = { adminId: admin.id, expiresAt }
  const permission = decision === 'approve' ? await permissions.grant(request, granted) : null
  await activity.record({
    ...adminDoer(admin.username, seen),
    action: decision === 'approve' ? 'permission.granted' : 'permission.rejected',
    subject: subjectName(request),
    details: {
      request: requestId,
      line: lineText(request),
      reason,
      ...(permission !== null && {
        permission,
        expires_at: expiresAt?.toISOString() ?? null,
      }),
    },
  })
  await stores.grantsChanged()
  return (await permissions.request(requestId)) ?? requestUnknown()
}

export function requestUnknown(): never {
  return refuse('request_unknown', 'There is no such request for a permission.')
}
