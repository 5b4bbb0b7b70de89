import type { Asked } from '../doors.ts'
import type { Deed } from './ledger.ts'
import type { AdminName, Heard, World } from './world.ts'

/** A change that an admin asks for: as activity should tell it, and what is so from then on. */
interface Change {
  asked: Asked
  deed: Deed
  fact?: { name: string; value: string }
}

/**
 * Has an admin change something; the ledger keeps what they were told of it.
 * @returns what was done; null when nothing was, or when nobody heard of it
 */
export async function adminDoes(
  world: World,
  who: AdminName,
  path: string,
  { asked, deed, fact }: Change,
): Promise<Heard | null> {
  const { ledger } = world
  const heard = await world.admin(who, path, asked)
  const isDone = heard !== null && heard.status >= 200 && heard.status < 300
  if (heard === null) ledger.unheard(deed)
  else if (isDone) ledger.done(deed)
  if (fact !== undefined && (isDone || heard === null))
    ledger.facts.set(fact.name, heard === null ? null : fact.value)
  return isDone ? heard : null
}
