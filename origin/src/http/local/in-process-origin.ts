import type { Origin } from '#gateway/origin.ts'
import type { CatalogReader } from '../../domain/catalog.ts'
import { catalogChanges } from '../../domain/catalog-changes.ts'
import type { NoticeBoard } from '../../domain/notices.ts'
import type { OperationEngine } from '../../domain/operations/engine.ts'
import { inGatewayWords } from './gateway-words.ts'

/** The gateway's view of the origin it runs inside of: the same engine as behind the tunnel door. */
export function inProcessOrigin(parts: {
  engine: OperationEngine
  catalog: CatalogReader
  notices: NoticeBoard
}): Origin {
  const { engine, catalog, notices } = parts
  return {
    catalog: () => catalog.read().catch(inGatewayWords),
    async *operate(as, request, signal) {
      try {
        const opId = await engine.submit(as.principal, request, as.requestId)
        yield* engine.follow(as.principal, opId, 0, signal)
      } catch (fault) {
        return inGatewayWords(fault)
      }
    },
    async *resume(as, { opId, after }, signal) {
      try {
        yield* engine.follow(as.principal, opId, after, signal)
      } catch (fault) {
        return inGatewayWords(fault)
      }
    },
    reply: (as, opId, replies) => engine.reply(as.principal, opId, replies).catch(inGatewayWords),
    park: (as, opId) => engine.park(as.principal, opId).catch(inGatewayWords),
    cancel: (as, opId) => engine.cancel(as.principal, opId).catch(inGatewayWords),
    changes: (_as, signal) => catalogChanges(catalog, notices, signal),
  }
}
