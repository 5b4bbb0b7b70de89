import type { Hono } from 'hono'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { ServerPolicyView } from '#contract/admin-door/policies.ts'
import type { Name } from '#contract/names.ts'
import { changeServerPolicy } from '../../../domain/policies/change.ts'
import { policyInForce } from '../../../domain/policies/in-force.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { serverUnknown } from '../../../domain/tools/callable.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { serve } from './serve.ts'

/** By which policy each server's versions are approved. */
export function policyRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  async function view(inside: Stores, serverId: string): Promise<ServerPolicyView> {
    return {
      own: await inside.policies.ofServer(serverId),
      in_force: await policyInForce(inside, serverId),
    }
  }

  serve(routes, ENDPOINTS.getServerPolicy, async ({ params: { server }, c }) => {
    const serverId = (await stores.tools.serverId(server)) ?? serverUnknown(server)
    return tagged(c, await view(stores, serverId))
  })

  serve(routes, ENDPOINTS.changeServerPolicy, async ({ params: { server }, body: { own }, c }) => {
    const changed = await within(async (inside) => {
      const { id } = await lockedServer(inside, server)
      assertMatch(c, await view(inside, id))
      await changeServerPolicy(inside, byAdmin(c), { id, name: server }, own)
      return view(inside, id)
    })
    return tagged(c, changed)
  })
}

async function lockedServer({ directory }: Pick<Stores, 'directory'>, server: Name) {
  return (await directory.lockedServer(server)) ?? serverUnknown(server)
}
