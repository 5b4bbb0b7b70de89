import { GrantList, type GrantView } from '#contract/admin-door/grants.ts'
import type { Deed } from './ledger.ts'
import type { AdminName, World } from './world.ts'

/** Lines that were granted, of versions that are live or were, in an order that stays the same. */
export async function grantsSeen(world: World, who: AdminName): Promise<GrantView[]> {
  const heard = await world.admin(who, '/api/grants?versions=all&limit=500')
  if (heard === null) return []
  const { items } = GrantList.parse(JSON.parse(heard.body))
  // Live ones first: what is done to them matters most. Ids would tell two replays apart.
  const key = (grant: GrantView) =>
    [grant.state === 'live' ? 0 : 1, grant.server, grant.tool, grant.version, grant.value].join()
  return items.toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
}

export function grantDeed(action: string, { id, server, tool, hash }: GrantView): Deed {
  return { action, subject: `${server}__${tool}`, details: { grant: id, hash } }
}
