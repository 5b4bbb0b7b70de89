import { readKept, type KeptActivity } from '../kept.ts'
import type { World } from '../world.ts'
import { approvedRuns } from './approved-runs.ts'
import { byPolicy } from './by-policy.ts'
import { hiddenSecrets } from './hidden-secrets.ts'
import { keptChanges } from './kept-changes.ts'
import { keptDecisions } from './kept-decisions.ts'
import { liveByApproval } from './live-by-approval.ts'
import { noFaults } from './no-faults.ts'
import { wholeActivity } from './whole-activity.ts'

/**
 * Looks at everything that must hold, whatever happened.
 * @param before the activity as it was when this was last looked at
 * @returns the activity as it is now
 * @throws Broken
 */
export async function assertAll(
  world: World,
  before: readonly KeptActivity[],
): Promise<KeptActivity[]> {
  const kept = await readKept(world.ground, before)
  approvedRuns(world, kept)
  keptDecisions(world, kept)
  keptChanges(world, kept)
  byPolicy(world, kept)
  await liveByApproval(world, kept)
  hiddenSecrets(world, kept)
  wholeActivity(world, kept)
  noFaults(world)
  world.before = kept.versions
  return kept.activity
}
