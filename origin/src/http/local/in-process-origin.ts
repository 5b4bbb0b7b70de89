import type { Origin } from '#gateway/origin.ts'
import { OriginRefusal } from '#gateway/origin.ts'
import type { CatalogReader } from '../../domain/catalog.ts'
import { catalogChanges } from '../../domain/catalog-changes.ts'
import type { NoticeBoard } from '../../domain/notices.ts'
import type { OperationEngine } from '../../domain/operations/engine.ts'
import { Refusal } from '../../domain/refusal.ts'

/** The gateway's view of the origin it runs inside of: the same engine as behind the tunnel door. */
export function inProcessOrigin(parts: {
  engine: OperationEngine
  catalog: CatalogReader
  notices: NoticeBoard
}): Origin {
  const { engine, catalog, notices } = parts
  return {
    catalog: () => catalog.read(),
    async *operate(as, request, signal) {
      try {
        const opId = await engine.submit(as.principal, request, as.requestId)
        yield* engine.follow(as.principal, opId, 0, signal)
      } catch (fault) {
        throw asOriginRefusal(fault)
      }
    },
    async *resume(as, { opId, after }, signal) {
      try {
        yield* engine.follow(as.principal, opId, after, signal)
      } catch (fault) {
        throw asOriginRefusal(fault)
      }
    },
    async reply(as, opId, replies) {
      try {
        await engine.reply(as.principal, opId, replies)
      } catch (fault) {
        throw asOriginRefusal(fault)
      }
    },
    async park(as, opId) {
      try {
        await engine.park(as.principal, opId)
      } catch (fault) {
        throw asOriginRefusal(fault)
      }
    },
    async cancel(as, opId) {
      try {
        await engine.cancel(as.principal, opId)
      } catch (fault) {
        throw asOriginRefusal(fault)
      }
    },
    changes: (_as, signal) => catalogChanges(catalog, notices, signal),
  }
}

function asOriginRefusal(fault: unknown): unknown {
  return fault instanceof Refusal ? new OriginRefusal(fault.problem) : fault
}
