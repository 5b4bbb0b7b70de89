import type { Language, RunLimits } from '#contract/sandbox.ts'
import { type ControlGroup, openControlGroup } from './control-group.ts'
import { type Door, openDoor } from './door.ts'
import type { ConfinedChild } from './greeting.ts'
import { NotConfined } from './not-confined.ts'
import { type Confinement, identityOf, type Plan, planFor, engineProblem } from './plan.ts'
import { childPool, type Pool } from './pool.ts'
import { LAUNCHER, startZygote, type Zygote } from './zygote.ts'

/** Where confined processes come from. The one way to get one. */
export type ForkServer = AsyncDisposable & {
  /** Ends its process when the calls that it serves are over; the next call starts another. */
  rest(): void
  /**
   * A confined child for one task, made ahead where that was possible. `modules` are import names
   * that the task may use, for levels that must import them early. The caller must kill the child.
   * Rejects with NotConfined.
   */
  take(limits: RunLimits, modules?: readonly string[], language?: Language): Promise<ConfinedChild>
}

/** What tests and measurements may want to be different. */
export type Circumstances = {
  now?: () => number
  launcher?: string
  /** How many children one fork server makes before it is replaced. */
  mostChildren?: number
  /** How long it is kept without a call. */
  idleMs?: number
}

type Generation = {
  zygote: Zygote
  pools: Map<string, Pool>
  startedAt: number
  retired: boolean
}

/** A fork server is replaced after so many children, so much time, or an attack on its layout. */
const MOST_CHILDREN = 1_000
const LONGEST_LIFE_MS = 30 * 60_000
const IDLE_MS = 10 * 60_000
const SIGSEGV = 11
const SIGSYS = 31
/** Kinds of limits that get children made ahead; the others are made when they are asked for. */
const MOST_POOLS = 4
/** How often a call that lost its child before it was given anything may try again. */
const ATTEMPTS = 3

/**
 * Keeps one fork server alive for as long as there are calls: started with the first one, replaced
 * by a new one in the background when it is worn, and started again when it was lost.
 */
export function forkServer(
  confinement: Confinement,
  {
    now = Date.now,
    launcher = LAUNCHER,
    mostChildren = MOST_CHILDREN,
    idleMs = IDLE_MS,
  }: Circumstances = {},
): ForkServer {
  let door: Promise<Door> | null = null
  let current: Promise<Generation> | null = null
  let replacing = false
  let closed = false
  /** Fork servers, and when nothing is left of each. */
  const alive = new Map<Zygote, Promise<unknown>>()
  let idle: NodeJS.Timeout | null = null

  async function start(): Promise<Generation> {
    door ??= openDoor(identityOf(confinement))
    const { folder } = await door
    const group = await groupFor(confinement)
    const plan = planFor(confinement, folder, group?.folder)
    const zygote = await startIn(group, plan, await door)
    const gone = zygote.gone.then(() => group?.end())
    alive.set(zygote, gone)
    const pools = new Map<string, Pool>()
    const generation = { zygote, pools, startedAt: now(), retired: false }
    void gone.then(() => alive.delete(zygote))
    if (closed) zygote.end()
    return generation
  }

  async function startIn(group: ControlGroup | null, plan: Plan, at: Door): Promise<Zygote> {
    try {
      return await startZygote(confinement.interpreter.executable, plan, at, launcher)
    } catch (error) {
      await group?.end()
      throw error
    }
  }

  async function generation(): Promise<Generation> {
    if (closed) throw new NotConfined('start', 'the sandbox is stopping')
    current ??= start()
    const mine = current
    try {
      const found = await mine
      if (!found.zygote.lost()) return found
    } catch (error) {
      if (current === mine) current = null
      throw error
    }
    if (current === mine) current = null
    return generation()
  }

  function isWorn({ zygote, startedAt }: Generation): boolean {
    const attacked = zygote.ends.has(SIGSEGV) || zygote.ends.has(SIGSYS)
    return attacked || zygote.ordered() >= mostChildren || now() - startedAt >= LONGEST_LIFE_MS
  }

  async function replaceWorn(worn: Generation): Promise<void> {
    if (worn.retired || replacing || closed || !isWorn(worn)) return
    replacing = true
    const next = start()
    await Promise.allSettled([next])
    replacing = false
    // Also when the new one did not start: the next call tries again, and is told.
    const previous = current
    current = next
    void retire(worn)
    // Another one than the worn, where that was lost in the meantime.
    void previous?.then(retire, () => undefined)
  }

  async function takeOne(
    limits: RunLimits,
    modules: readonly string[],
    language: Language,
  ): Promise<ConfinedChild> {
    for (let attempt = 1; ; attempt++) {
      const found = await generation()
      try {
        const taken = await poolFor(found, confinement, limits, modules, language).take()
        void replaceWorn(found)
        return taken
      } catch (error) {
        if (!found.zygote.lost() || attempt === ATTEMPTS) throw error
      }
    }
  }

  function rest(): void {
    void current?.then(retire, () => undefined)
    current = null
  }

  function restIfIdle(): void {
    if (idle !== null) clearTimeout(idle)
    if (closed) return
    idle = setTimeout(rest, idleMs)
    idle.unref()
  }

  return {
    async take(limits, modules = [], language = 'python') {
      const problem = language === 'typescript' ? engineProblem(confinement) : null
      if (problem !== null) throw new NotConfined('engine', problem)
      if (idle !== null) clearTimeout(idle)
      try {
        return await takeOne(limits, confinement.level === 'S1' ? modules : [], language)
      } finally {
        restIfIdle()
      }
    },
    rest,
    async [Symbol.asyncDispose]() {
      closed = true
      if (idle !== null) clearTimeout(idle)
      await current?.catch(() => undefined)
      for (const zygote of alive.keys()) zygote.end()
      await Promise.all(alive.values())
      await (await door)?.[Symbol.asyncDispose]()
    },
  }
}

async function groupFor(confinement: Confinement): Promise<ControlGroup | null> {
  const { level, asRoot, controlGroup = null } = confinement
  if (level !== 'S4') return null
  if (!asRoot) throw new NotConfined('call_uid', 'the sandbox was not started by root')
  return openControlGroup(controlGroup)
}

function poolFor(
  { zygote, pools, retired }: Generation,
  { level, asRoot }: Confinement,
  limits: RunLimits,
  modules: readonly string[],
  language: Language,
): Pool {
  const key = JSON.stringify([
    limits.memory_bytes,
    limits.cpu_s,
    limits.open_files,
    modules,
    language,
  ])
  const known = pools.get(key)
  if (known !== undefined) return known
  const pool = childPool(zygote, { level, asRoot, limits, modules, language })
  if (retired) {
    pool.drain()
    return pool
  }
  pools.set(key, pool)
  for (const [oldest, stale] of pools) {
    if (pools.size <= MOST_POOLS) break
    stale.drain()
    pools.delete(oldest)
  }
  return pool
}

/** Ends a fork server when the calls that it still serves are over. */
async function retire(generation: Generation): Promise<void> {
  const { zygote, pools } = generation
  generation.retired = true
  for (const pool of pools.values()) pool.drain()
  pools.clear()
  await zygote.drained()
  zygote.end()
}
