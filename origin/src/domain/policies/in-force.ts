import { ApprovalPolicy } from '#contract/approval-policy.ts'
import type { Stores } from '../stores.ts'

/** While no admin has said otherwise, a person decides on everything. */
export const DEFAULT_POLICY: ApprovalPolicy = 'ask'

/**
 * The policy for the tools of a server, its own or else the one for all. Whoever changes either waits
 * until this unit of work ends.
 */
export async function policyInForce(
  { policies, settings }: Pick<Stores, 'policies' | 'settings'>,
  serverId: string,
): Promise<ApprovalPolicy> {
  const own = await policies.ofServer(serverId)
  if (own !== null) return own
  const kept = await settings.locked('approval_policy')
  return kept === null ? DEFAULT_POLICY : ApprovalPolicy.parse(JSON.parse(kept))
}
