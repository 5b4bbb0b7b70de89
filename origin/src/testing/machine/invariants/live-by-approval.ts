import type { Kept } from '../kept.ts'
import { isOffered, isWhole } from '../standing.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/**
 * What is live, and what the catalog offers, is what was approved. What was not live a moment ago, newly
 * approved or gone back to, has every line in force.
 */
export async function liveByApproval(world: World, { versions }: Kept): Promise<void> {
  for (const version of versions) {
    if (version.state !== 'live') continue
    holds(version.approved, `${version.wire} is live without an approval of it`)
    const wasLive = world.before.some(({ id, state }) => id === version.id && state === 'live')
    holds(wasLive || isWhole(version), `${version.wire} went live with a line that is not in force`)
  }
  const live = versions.filter(isOffered).map(({ wire }) => wire)
  const listed = (await world.listed())?.filter((name) => !name.startsWith('mcpbox_'))
  holds(
    listed === undefined || listed.toSorted().join() === live.toSorted().join(),
    `the catalog offers ${listed?.join()}; live is ${live.join()}`,
  )
}
