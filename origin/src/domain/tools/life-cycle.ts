import type { Stores } from '../stores.ts'
import type { LineExpiry } from './tool-store.ts'
import type { Version, VersionText } from './version.ts'

/**
 * The moves of a version: draft → pending → live → archived, or rejected. A draft and a pending
 * version are archived by the next draft, a live one by the next that goes live, and an archived one
 * that was live before can be live again. A version is pending exactly while a question about it waits.
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

/** Leaves a tool without anything drafted, asked for or live. */
export async function archiveAll(
  { tools, approvals }: Pick<Stores, 'tools' | 'approvals'>,
  toolId: string,
): Promise<void> {
  for (const state of ['draft', 'pending', 'live'] as const) {
    const version = await tools.versionIn(toolId, state)
    if (version === null) continue
    await tools.move(version.id, 'archived')
    if (state === 'pending') await approvals.withdraw(version.id)
  }
}

/** Makes an approved version the live one, with what its manifest asks for, some of it for a time. */
export async function goLive(
  stores: Pick<Stores, 'tools' | 'catalogChanged'>,
  version: Version,
  approvalId: string,
  expiries: readonly LineExpiry[] = [],
): Promise<void> {
  await replaceLive(stores, version, approvalId)
  await stores.tools.addGrants(version, approvalId, expiries)
}

/** Makes a version live that was before, by the approval it has, with the grants that it has. */
export async function goLiveAgain(
  stores: Pick<Stores, 'tools' | 'catalogChanged'>,
  version: Version,
): Promise<void> {
  await replaceLive(stores, version)
}

async function replaceLive(
  { tools, catalogChanged }: Pick<Stores, 'tools' | 'catalogChanged'>,
  version: Version,
  approvalId?: string,
): Promise<void> {
  const before = await tools.versionIn(version.toolId, 'live')
  if (before !== null) await tools.move(before.id, 'archived')
  await tools.move(version.id, 'live', approvalId)
  await catalogChanged()
}
