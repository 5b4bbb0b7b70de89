import { ApprovalList, type ApprovalView } from '#contract/admin-api.ts'
import type { Seen } from './ledger.ts'
import type { AdminName, World } from './world.ts'

/** What an admin sees of the questions that wait; nothing when the process died before it answered. */
export async function lookAtWaiting(world: World, who: AdminName): Promise<ApprovalView[]> {
  const heard = await world.admin(who, '/api/approvals?state=waiting&limit=500')
  if (heard === null) return []
  const { items } = ApprovalList.parse(JSON.parse(heard.body))
  for (const { id, hash, version } of items) {
    world.ledger.seen.push({ approval: id, hash, subject: version.tool })
    world.ledger.shownTexts.set(hash, version)
  }
  return items
}

/** Has an admin decide on what they have seen; the ledger keeps what they were told of it. */
export async function decideOn(
  world: World,
  who: AdminName,
  decision: 'approve' | 'reject',
  { approval, hash, subject }: Seen,
): Promise<void> {
  const { ledger } = world
  const state = decision === 'approve' ? 'approved' : 'rejected'
  const deed = { action: `approval.${state}`, subject, details: { approval, hash } }
  if (decision === 'approve') ledger.wished.add(hash)
  const heard = await world.admin(who, `/api/approvals/${approval}/decision`, {
    method: 'POST',
    body: { hash, decision, reason: decision === 'reject' ? 'Not like this.' : null },
  })
  if (heard === null) ledger.unheard(deed)
  else if (heard.status === 200) {
    ledger.decisions.push({ approval, hash, state, by: who })
    ledger.done(deed)
  }
}
