import type { Stores } from '../stores.ts'
import type { LineExpiry } from './tool-store.ts'
import type { Version, VersionText } from './version.ts'

/**
 * The moves of a version: draft → pending → live → archived, or rejected. A draft and a pending
 * version are archived by the next draft, a live one by the next that goes live. A version is
 * pending exactly while a question about it waits.
 *
 * The caller has locked the tool.
 */

/** Stores a text as the newest draft, in place of whatever was drafted or asked before. */
export async function draft(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  toolId: string,
  text: VersionText,
  createdBy: string,
): Promise<Version> {
  for (const state of ['draft', 'pending'] as const) {
    const before = await tools.versionIn(toolId, state)
    if (before === null) continue
    await tools.move(before.id, 'archived')
    if (state === 'pending') await approvals.withdraw(before.id)
  }
  return tools.addVersion(toolId, text, createdBy)
}

/** Makes an approved version the live one, with what its manifest asks for, some of it for a time. */
export async function goLive(
  { tools, catalogChanged }: Pick<Stores, 'tools' | 'catalogChanged'>,
  version: Version,
  approvalId: string,
  expiries: readonly LineExpiry[] = [],
): Promise<void> {
  const before = await tools.versionIn(version.toolId, 'live')
  if (before !== null) await tools.move(before.id, 'archived')
  await tools.move(version.id, 'live', approvalId)
  await tools.addGrants(version, approvalId, expiries)
  await catalogChanged()
}
