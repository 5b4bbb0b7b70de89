import { wireName } from '#contract/names.ts'
import type { Doer } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import type { Tool } from '../tools/tool-store.ts'
import type { Version } from '../tools/version.ts'
import type { Approval } from './approval-store.ts'

/**
 * Freezes a tool's draft and asks a person about it. Asking again while the question waits gives
 * the question there is.
 * @throws Refusal nothing_to_publish
 */
export async function askApproval(
  stores: Stores,
  tool: Tool,
  asker: Doer,
  notes: string,
): Promise<{ approval: Approval; version: Version }> {
  await stores.tools.lock(tool.id)
  const pending = await stores.tools.versionIn(tool.id, 'pending')
  if (pending !== null) {
    const waiting = (await stores.approvals.ofVersion(pending.id)).find(
      (approval) => approval.state === 'waiting',
    )
    if (waiting === undefined) throw new Error(`version ${pending.id} is pending, unasked`)
    return { approval: waiting, version: pending }
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
  return { approval, version: draft }
}
