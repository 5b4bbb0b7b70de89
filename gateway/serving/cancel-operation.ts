import type { OpId } from '#contract/operation.ts'
import { OriginRefusal } from '../origin.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Asker } from './asker.ts'
import { pause } from './pause.ts'

const LAST_WAIT_MS = 800

/** Tells the wish to cancel; again, when it overtakes the operation itself. */
export async function cancelOperation(
  ports: GatewayPorts,
  asker: Asker,
  opId: OpId,
): Promise<void> {
  for (let wait = 50; ; wait *= 2) {
    try {
      return await ports.origin.cancel(asker, opId)
    } catch (error) {
      const isUnknown = error instanceof OriginRefusal && error.problem.code === 'operation_unknown'
      if (isUnknown && wait > LAST_WAIT_MS) return
      if (!isUnknown) return ports.onFault(error)
    }
    await pause(wait, new AbortController().signal)
  }
}
