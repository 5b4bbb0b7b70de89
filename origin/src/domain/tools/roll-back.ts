import { lineText } from '#contract/manifest.ts'
import { wireName } from '#contract/names.ts'
import type { Doer } from '../activity.ts'
import { Refusal } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { assertApproved, lockTool, versionUnknown } from './callable.ts'
import { draft, goLiveAgain } from './life-cycle.ts'
import type { Tool } from './tool-store.ts'
import type { Version } from './version.ts'

/** What came of it. `reason` says why the version could not go live without a person. */
export interface RollBack {
  outcome: 'live' | 'drafted' | 'unchanged'
  version: Version
  reason: string | null
}

/**
 * Goes back to a version. One that a person approved, and of which every grant still stands, is live
 * at once; of any other its text becomes a new draft, in place of the draft or the waiting request
 * that there may be.
 * @throws Refusal tool_unknown, version_unknown, hash_mismatch; name_taken when something else live has its name
 */
export async function rollBack(
  stores: Pick<Stores, 'tools' | 'approvals' | 'activity' | 'catalogChanged'>,
  tool: Tool,
  number: number,
  by: Doer,
): Promise<RollBack> {
  const { tools, activity } = stores
  await lockTool(tools, tool)
  const versions = await tools.versions(tool.id)
  const target = versions.find((version) => version.number === number)
  if (target === undefined) return versionUnknown(tool, number)
  if (target.state === 'live' || target.state === 'draft' || target.state === 'pending')
    return { outcome: 'unchanged', version: target, reason: null }

  const subject = wireName(tool.server, tool.name)
  const reason = await whyNotApproved(stores, target)
  if (reason === null) {
    const live = versions.find(({ state }) => state === 'live')
    await goLiveAgain(stores, target)
    await activity.record({
      ...by,
      action: 'version.rolled_back',
      subject,
      details: { hash: target.hash, number, from: live?.number ?? null },
    })
    return { outcome: 'live', version: { ...target, state: 'live' }, reason }
  }

  const [newest] = versions
  if (newest?.hash === target.hash && (newest.state === 'draft' || newest.state === 'pending'))
    return { outcome: 'unchanged', version: newest, reason }
  const version = await draft(stores, tool.id, target, by.actor)
  await activity.record({
    ...by,
    action: 'version.drafted',
    subject,
    details: { hash: version.hash, number: version.number, from: number },
  })
  return { outcome: 'drafted', version, reason }
}

async function whyNotApproved(
  { tools }: Pick<Stores, 'tools'>,
  target: Version,
): Promise<string | null> {
  const candidate = await tools.candidate(target.id)
  if (candidate === null) throw new Error(`version ${target.id} vanished`)
  try {
    const now = new Date()
    assertApproved(candidate, now)
    if (candidate.approved?.policy != null)
      return `The policy "${candidate.approved.policy}" approved it, no person did.`
    const [taken] = await tools.takenBackSince(target, now)
    return taken === undefined
      ? null
      : `${lineText(taken)} was granted to a later version, and taken back or ended there.`
  } catch (fault) {
    if (fault instanceof Refusal && fault.problem.code === 'not_approved')
      return fault.problem.message
    throw fault
  }
}
