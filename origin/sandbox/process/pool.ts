import { availableParallelism } from 'node:os'
import type { Language } from '#contract/sandbox.ts'
import type { Promised } from '../levels/layers.ts'
import type { ConfinedChild } from './greeting.ts'
import { greet } from './greeting.ts'
import type { ChildLimits } from './plan.ts'
import type { Zygote } from './zygote.ts'

/** What children of one pool have in common. */
export type Kind = Promised & { limits: ChildLimits; modules: readonly string[] }

export type Pool = {
  /** A confined child that nobody else gets. The caller must kill it. Rejects with NotConfined. */
  take(): Promise<ConfinedChild>
  /** Kills the children that wait; those that were taken are not touched. */
  drain(): void
}

/** Fewest and most. A Node takes 40 ms of a processor to start, and four times the memory. */
const AHEAD: Record<Language, readonly [number, number]> = { python: [2, 8], typescript: [1, 2] }
/** Children that may harden themselves at once; more would only take processors from calls. */
const MOST_COMING = Math.min(8, availableParallelism() + 2)
/** Children are made ahead for what was asked for this often. */
const WORTH_KEEPING = 2
/** A call that takes longer than this has its successor made while it runs. */
const REFILL_MS = 5

/**
 * Children made ahead of calls: as many as calls run at once, within bounds. A taken one is
 * replaced when it has ended, so that its call has the processors for itself.
 */
export function childPool(zygote: Zygote, kind: Kind): Pool {
  const [fewest, most] = AHEAD[kind.language]
  const ready: ConfinedChild[] = []
  const waiting: PromiseWithResolvers<ConfinedChild>[] = []
  let coming = 0
  let busy = 0
  let asked = 0
  let drained = false

  function refill(): void {
    if (drained || zygote.lost() || asked < WORTH_KEEPING) return
    const load = Math.min(most, Math.max(fewest, busy + waiting.length))
    order(load + waiting.length)
  }
  function order(wanted: number): void {
    while (coming < MOST_COMING && ready.length + coming < wanted) void make()
  }
  async function make(): Promise<void> {
    coming++
    try {
      const made = await greet(zygote.order(kind.limits, kind.modules, kind.language), kind)
      coming--
      offer(made)
    } catch (error) {
      coming--
      // Nobody waits: the one who comes next has it tried again and hears why it fails.
      waiting.shift()?.reject(error)
    }
    if (waiting.length > 0) order(waiting.length)
  }
  function offer(made: ConfinedChild): void {
    const next = waiting.shift()
    if (next !== undefined) {
      next.resolve(made)
      return
    }
    if (drained) {
      made.child.kill()
      return
    }
    ready.push(made)
    void dropEnded(made)
  }
  async function dropEnded(made: ConfinedChild): Promise<void> {
    await made.child.gone
    const at = ready.indexOf(made)
    if (at >= 0) ready.splice(at, 1)
  }
  async function followUp({ child }: ConfinedChild): Promise<void> {
    busy++
    const later = setTimeout(refill, REFILL_MS)
    await child.gone
    clearTimeout(later)
    busy--
    refill()
  }
  function use(taken: ConfinedChild): ConfinedChild {
    void followUp(taken)
    return taken
  }

  return {
    async take() {
      asked++
      const made = ready.shift()
      if (made !== undefined) return use(made)
      const next = Promise.withResolvers<ConfinedChild>()
      waiting.push(next)
      order(waiting.length)
      return use(await next.promise)
    },
    drain() {
      drained = true
      for (const { child } of ready.splice(0)) child.kill()
    },
  }
}
