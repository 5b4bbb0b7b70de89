import { Died } from '../fuse.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/** Nothing went wrong that nobody expected; what a dying process meets is no fault. */
export function noFaults(world: World): void {
  const fault = world.takeFaults().find((one) => !isDeath(one))
  holds(fault === undefined, `a fault: ${fault instanceof Error ? fault.stack : String(fault)}`)
}

function isDeath(fault: unknown): boolean {
  return fault instanceof Died || (fault instanceof Error && isDeath(fault.cause))
}
