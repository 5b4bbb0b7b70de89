import type { Kept } from '../kept.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/** What is live, and what the catalog offers, is what somebody approved. */
export async function liveByApproval(world: World, { approvals, versions }: Kept): Promise<void> {
  for (const { wire, state, hash, approval } of versions) {
    if (state !== 'live') continue
    const by = approvals.find(({ id }) => id === approval)
    holds(by?.state === 'approved' && by.hash === hash, `${wire} is live without an approval of it`)
  }
  const live = versions.filter(({ state }) => state === 'live').map(({ wire }) => wire)
  const listed = (await world.listed())?.filter((name) => !name.startsWith('mcpbox_'))
  holds(
    listed === undefined || listed.toSorted().join() === live.toSorted().join(),
    `the catalog offers ${listed?.join()}; live is ${live.join()}`,
  )
}
