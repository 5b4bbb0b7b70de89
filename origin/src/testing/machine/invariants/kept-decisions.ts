import type { Kept } from '../kept.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/** Every decision that an admin was told stands does: in the approvals, and once in the activity. */
export function keptDecisions({ ledger }: World, { approvals, activity }: Kept): void {
  const told = activity.filter(({ action }) => /^approval\.(approved|rejected)$/.test(action))
  for (const { approval, hash, state, by } of ledger.decisions) {
    const kept = approvals.find(({ id }) => id === approval)
    holds(
      kept?.state === state && kept.hash === hash && kept.decided_by === by && kept.policy === null,
      `${by} was told that ${approval} is ${state}; it is kept as ${kept?.state ?? 'nothing'}`,
    )
  }
  for (const { id, state, hash, decided_by: by, policy } of approvals) {
    const entries = told.filter(({ details }) => details['approval'] === id)
    if (state !== 'approved' && state !== 'rejected') {
      holds(entries.length === 0, `activity tells of a decision on ${id}, which nobody took`)
      continue
    }
    const [entry] = entries
    holds(
      entries.length === 1 &&
        entry?.action === `approval.${state}` &&
        entry.details['hash'] === hash &&
        (by === null) !== (policy === null) &&
        entry.actor === (by === null ? `policy:${policy}` : `admin:${by}`) &&
        (entry.details['policy'] ?? null) === policy,
      `activity tells of the decision on ${id} not once, as it was taken, but: ${JSON.stringify(entries)}`,
    )
  }
  holds(
    told.every(({ details }) => approvals.some(({ id }) => id === details['approval'])),
    'activity tells of a decision on a question that is not kept',
  )
}
