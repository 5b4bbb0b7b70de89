import type { CatalogTool } from '#contract/catalog.ts'
import type { OperationRequest, OpId } from '#contract/operation.ts'
import { principalKey } from '#contract/principal.ts'
import type { CallQueue, Kept, Wait } from '../call-queue.ts'
import type { Caller } from '../origin.ts'
import { toolOf } from './scripted-origin.ts'

/** A queue in memory that delivers nothing by itself: what became of a call is what the test says. */
export interface MemoryQueue extends CallQueue {
  readonly kept: { principal: string; request: OperationRequest }[]
  readonly takenBack: OpId[]
  /** Of a kept call; waiting unless the test says otherwise. */
  readonly became: Map<OpId, Kept>
}

export const WAIT: Wait = { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) }

/** @param opted names of tools whose calls may wait; others are known, too */
export function memoryQueue(opted: string[], about: Partial<CatalogTool> = {}): MemoryQueue {
  const kept: MemoryQueue['kept'] = []
  const takenBack: OpId[] = []
  const became = new Map<OpId, Kept>()
  const isOf = (as: Caller, opId: OpId) =>
    kept.some(
      ({ principal, request }) =>
        request.op_id === opId && principal === principalKey(as.principal),
    )
  return {
    kept,
    takenBack,
    became,
    lastKnown: async (_as, name) => ({
      ...toolOf(name),
      ...about,
      ...(opted.includes(name) && { queueWhenAway: true }),
    }),
    async keep(as, request) {
      kept.push({ principal: principalKey(as.principal), request })
      return WAIT
    },
    async find(as, opId) {
      return isOf(as, opId) ? (became.get(opId) ?? { is: 'waiting', ...WAIT }) : null
    },
    async takeBack(_as, opId) {
      takenBack.push(opId)
    },
  }
}
