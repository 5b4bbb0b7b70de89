import { wireName } from '#contract/names.ts'
import { type Doer, UNSEEN } from '../activity.ts'
import { policyInForce } from '../policies/in-force.ts'
import { type Approving, judge, type Verdict } from '../policies/judge.ts'
import { goLive } from '../tools/life-cycle.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { lockTool, toolUnknown } from '../tools/callable.ts'
import type { Tool } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'
import type { Approval } from './approval-store.ts'

/** A question, and what the policy said of it; null of one that was asked before. */
export interface Asked {
  approval: Approval
  version: Version
  verdict: Verdict | null
}

/**
 * Freezes a tool's draft and asks a person about it, unless a policy approves it here and now. Asking
 * again while the question waits gives the question there is, whatever the policy has become.
 * @throws Refusal tool_unknown, nothing_to_publish
 */
export async function askApproval(
  stores: Stores,
  tool: Tool,
  asker: Doer,
  notes: string,
): Promise<Asked> {
  const serverId = await stores.tools.serverId(tool.server)
  if (serverId === null) return toolUnknown(tool.server, tool.name)
  const policy = await policyInForce(stores, serverId)
  await lockTool(stores.tools, tool)
  const pending = await stores.tools.versionIn(tool.id, 'pending')
  if (pending !== null) {
    const waiting = (await stores.approvals.ofVersion(pending.id)).find(
      (approval) => approval.state === 'waiting',
    )
    if (waiting === undefined) throw new Error(`version ${pending.id} is pending, unasked`)
    return { approval: waiting, version: pending, verdict: null }
  }
  const wire = wireName(tool.server, tool.name)
  const draft = await stores.tools.versionIn(tool.id, 'draft')
  if (draft === null)
    return refuse(
      'nothing_to_publish',
      `"${wire}" has no draft: its newest version was decided already. Change it with mcpbox_update_tool first.`,
    )
  await stores.tools.move(draft.id, 'pending')
  const approval = await stores.approvals.ask({
    versionId: draft.id,
    hash: draft.hash,
    requestedBy: asker.actor,
    client: asker.client,
    address: asker.address,
    notes,
  })
  await stores.activity.record({
    ...asker,
    action: 'approval.requested',
    subject: wire,
    details: { approval: approval.id, hash: draft.hash },
  })
  const verdict = await judge(stores, policy, draft)
  if (verdict.rule !== null) await approveByPolicy(stores, approval, draft, verdict)
  return { approval, version: draft, verdict }
}

/** Nobody decided but the rule, and that is what is kept of it. */
async function approveByPolicy(
  stores: Stores,
  { id }: Approval,
  version: Version,
  { rule, expiries }: Approving,
): Promise<void> {
  await stores.approvals.approveByPolicy(id, rule)
  await goLive(stores, version, id, expiries)
  await stores.activity.record({
    actor: `policy:${rule}`,
    ...UNSEEN,
    action: 'approval.approved',
    subject: wireName(version.server, version.tool),
    details: { approval: id, hash: version.hash, policy: rule },
  })
}
