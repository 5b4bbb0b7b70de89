import type { Kept } from '../kept.ts'
import { keyOf, type Deed } from '../ledger.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/** Deeds that the sandbox has a part in: told of by what is kept of them. */
const ENDED = 'execution.ended'

/**
 * Activity is only ever added to, in the order of its ids; it tells each thing that was done as often as
 * it was done, and nothing else.
 */
export function wholeActivity({ ledger }: World, kept: Kept): void {
  const { activity } = kept
  const ids = activity.map(({ id }) => id)
  holds(
    ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0)),
    'ids of activity do not ascend',
  )
  const before = kept.activityBefore
  holds(
    before.every((entry, at) => JSON.stringify(activity[at]) === JSON.stringify(entry)),
    'activity was changed or taken back',
  )

  const told = countOf(activity.filter(({ action }) => action !== ENDED))
  for (const [key, { least, most }] of ledger.deeds) {
    const times = told.get(key) ?? 0
    holds(
      times >= least && times <= most,
      `activity tells ${times} times, not ${least} to ${most}: ${key}`,
    )
  }
  for (const key of told.keys())
    holds(ledger.deeds.has(key), `activity tells what nobody did: ${key}`)

  const ended = countOf(activity.filter(({ action }) => action === ENDED))
  const ran = countOf(kept.executions.map(deedOf))
  holds(
    ended.size === ran.size && [...ran].every(([key, times]) => times === ended.get(key)),
    'activity and executions tell of different executions',
  )
}

function deedOf({ id, kind, outcome, hash, tool }: Kept['executions'][number]): Deed {
  return { action: ENDED, subject: tool, details: { execution: id, kind, outcome, hash } }
}

function countOf(deeds: readonly Deed[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const deed of deeds) counts.set(keyOf(deed), (counts.get(keyOf(deed)) ?? 0) + 1)
  return counts
}
