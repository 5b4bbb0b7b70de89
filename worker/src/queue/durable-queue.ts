import { principalKey, RemotePrincipal } from '#contract/principal.ts'
import type { CallQueue } from '#gateway/call-queue.ts'
import { OriginRefusal, type Caller } from '#gateway/origin.ts'
import type { CatalogCache } from '../origin/catalog-cache.ts'
import type { WaitingCalls } from './waiting-calls.ts'

/** Keeps the calls of each principal in a Durable Object of its own. */
export function durableQueue(
  objects: DurableObjectNamespace<WaitingCalls>,
  catalogs: CatalogCache,
): CallQueue {
  const lineOf = ({ principal }: Caller) => objects.getByName(principalKey(principal))
  return {
    async lastKnown(as, name) {
      // Nobody else can be delivered for.
      if (!RemotePrincipal.safeParse(as.principal).success) return null
      const catalog = await catalogs.lastKnown(as)
      return catalog?.tools.find((tool) => tool.name === name) ?? null
    },

    async keep(as, request) {
      const call = {
        opId: request.op_id,
        principal: RemotePrincipal.parse(as.principal),
        requestId: as.requestId,
        request: JSON.stringify(request),
      }
      // A failure does not say whether it was kept; to keep it again makes no second one of it.
      const keep = async () => lineOf(as).keep(call)
      const kept = await keep().catch(keep)
      if ('problem' in kept) throw new OriginRefusal(kept.problem)
      return kept
    },

    find: async (as, opId) => lineOf(as).find(opId),
    takeBack: async (as, opId) => lineOf(as).takeBack(opId),
  }
}
