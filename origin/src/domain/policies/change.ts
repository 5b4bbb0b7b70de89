import type { ApprovalPolicy } from '#contract/approval-policy.ts'
import type { Name } from '#contract/names.ts'
import type { Doer } from '../activity.ts'
import type { Stores } from '../stores.ts'

/**
 * Gives a server a policy of its own; null for the one for all. Questions that wait go on waiting.
 */
export async function changeServerPolicy(
  { policies, activity }: Pick<Stores, 'policies' | 'activity'>,
  by: Doer,
  server: { id: string; name: Name },
  policy: ApprovalPolicy | null,
): Promise<void> {
  await policies.setOfServer(server.id, policy)
  await activity.record({
    ...by,
    action: 'server.policy_changed',
    subject: server.name,
    details: { approval_policy: policy },
  })
}
