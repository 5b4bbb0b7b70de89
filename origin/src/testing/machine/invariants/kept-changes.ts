import type { Kept } from '../kept.ts'
import type { World } from '../world.ts'
import { holds } from './broken.ts'

/** What somebody was told of a grant, a permission, a server or a tool is so, until it is changed again. */
export function keptChanges({ ledger }: World, { facts, versions, approvals }: Kept): void {
  for (const [name, told] of ledger.facts)
    holds(
      told === null || facts[name] === told,
      `somebody was told: ${name} is ${told}; it is kept as ${facts[name] ?? 'nothing'}`,
    )
  for (const { id, wire, deleted, state } of versions) {
    if (!deleted) continue
    holds(state === 'archived' || state === 'rejected', `${wire} was deleted, and is ${state}`)
    holds(
      !approvals.some(({ version, state: asked }) => version === id && asked === 'waiting'),
      `${wire} was deleted, and waits for a decision`,
    )
  }
}
