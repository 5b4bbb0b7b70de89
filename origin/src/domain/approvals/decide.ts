import { lineText, manifestLines } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import { adminDoer, type Seen } from '../activity.ts'
import type { Admin } from '../admins/admin-store.ts'
import { assertAhead } from '../grants/change.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import type { LineExpiry } from '../tools/tool-store.ts'
import type { Approval } from './approval-store.ts'
import { goLive } from '../tools/life-cycle.ts'
import { versionHash } from '../tools/version-hash.ts'
import type { Version } from '../tools/version.ts'

export interface Decision {
  approvalId: string
  /** Hash of what the admin had before their eyes. */
  hash: string
  decision: 'approve' | 'reject'
  reason: string | null
  /** Lines that an approval grants for a time only. */
  expiries?: readonly LineExpiry[]
}

/**
 * Answers the question about exactly the version with this hash. Of several answers one stands;
 * the others hear which. An approved version is live when the unit of work is kept.
 * @throws Refusal approval_unknown, approval_stale, approval_decided, reason_required, expiry_past,
 *   invalid_request
 */
export async function decide(
  stores: Stores,
  admin: Pick<Admin, 'id' | 'username'>,
  { approvalId, hash, decision, reason, expiries = [] }: Decision,
  seen: Seen,
): Promise<Version> {
  const asked = await stores.approvals.approval(approvalId)
  if (asked === null) return refuse('approval_unknown', 'There is no such request for approval.')
  const toolId = (await stores.tools.version(asked.versionId))?.toolId
  if (toolId === undefined) throw new Error(`approval ${approvalId} is about no version`)

  const isThere = await stores.tools.lock(toolId)
  const approval = await stores.approvals.approval(approvalId)
  const version = await stores.tools.version(asked.versionId)
  if (approval === null || version === null) throw new Error(`approval ${approvalId} vanished`)

  if (approval.state === 'withdrawn')
    refuse(
      'approval_stale',
      isThere
        ? 'The draft was changed after this was asked; decide on the new request.'
        : 'The tool was deleted after this was asked; there is nothing to decide any more.',
    )
  if (approval.state !== 'waiting')
    refuse(
      'approval_decided',
      `${deciderOf(approval)} has already ${approval.state} this, at ${approval.decidedAt?.toISOString() ?? 'an unknown time'}.`,
    )
  if (hash !== approval.hash || versionHash(version, version.hashFormat) !== approval.hash)
    refuse(
      'approval_stale',
      'What you looked at is not what is asked now; look at it again and decide on that.',
    )
  if (decision === 'reject' && !reason?.trim())
    refuse('reason_required', 'Say why it is rejected; the assistant reads it.')

  for (const expiry of expiries) assertLine(version, expiry)

  const state = decision === 'approve' ? 'approved' : 'rejected'
  await stores.approvals.decide(approvalId, { state, adminId: admin.id, reason })
  if (decision === 'approve') {
    await goLive(stores, version, approvalId, expiries)
  } else {
    await stores.tools.move(version.id, 'rejected')
  }
  await stores.activity.record({
    ...adminDoer(admin.username, seen),
    action: `approval.${state}`,
    subject: wireName(version.server, version.tool),
    details: {
      approval: approvalId,
      hash,
      reason,
      ...(expiries.length > 0 && {
        expiries: expiries.map((line) => `${lineText(line)} ${line.at.toISOString()}`),
      }),
    },
  })
  return version
}

/** Who decided, to begin a sentence with. */
export function deciderOf({ decidedBy, decidedByPolicy }: Approval): string {
  if (decidedByPolicy !== null) return `The policy "${decidedByPolicy}"`
  return decidedBy ?? 'Someone'
}

/** @throws Refusal invalid_request, expiry_past */
function assertLine({ manifest }: Version, { at, ...line }: LineExpiry): void {
  if (!manifestLines(manifest).some((known) => lineText(known) === lineText(line)))
    refuse('invalid_request', `expiries: ${lineText(line)} is no line of this version.`)
  assertAhead(at)
}
