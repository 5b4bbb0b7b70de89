import type { RunLimits, SandboxHealth } from '#contract/sandbox.ts'
import {
  CALL_CPU_S,
  CALL_MEMORY_BYTES,
  CALL_OPEN_FILES,
  DEFAULT_TIMEOUT_MS,
} from '#contract/limits.ts'
import { type ForkServer, forkServer } from '../process/fork-server.ts'
import { NotConfined } from '../process/not-confined.ts'
import { fixFor } from './fixes.ts'
import type { Machine } from './machine.ts'
import { TooWeak } from './too-weak.ts'
import { FORMABLE_LEVELS, type FormableLevel } from './layers.ts'

export const USUAL_LIMITS: RunLimits = {
  timeout_ms: DEFAULT_TIMEOUT_MS,
  memory_bytes: CALL_MEMORY_BYTES,
  cpu_s: CALL_CPU_S,
  open_files: CALL_OPEN_FILES,
}

/** The fork server is the one that gave the proof; its owner disposes of it. */
export type Proven = Pick<SandboxHealth, 'isolation' | 'missing'> & {
  level: FormableLevel
  forkServer: ForkServer
}

/**
 * Forms the strongest level there is, by having a process confine itself. What is
 * said to be missing is what a stronger level stumbled over.
 */
export async function proveLevel(
  machine: Machine,
  minimum: FormableLevel,
  levels: readonly FormableLevel[] = FORMABLE_LEVELS.slice(0, FORMABLE_LEVELS.indexOf(minimum) + 1),
): Promise<Proven> {
  const missing: Proven['missing'] = []
  for (const level of levels) {
    const server = forkServer({ ...machine, level })
    try {
      const { child, isolation } = await server.take(USUAL_LIMITS)
      child.kill()
      await child.gone
      return { isolation, missing, level, forkServer: server }
    } catch (error) {
      await server[Symbol.asyncDispose]()
      if (!(error instanceof NotConfined)) throw error
      missing.push({ layer: error.layer, reason: error.message, fix: fixFor(error.layer) })
    }
  }
  const nearest = missing.toReversed()
  const why = nearest.map(({ layer, reason, fix }) => `${layer}: ${reason}; ${fix}`).join('. ')
  throw new TooWeak(`this machine cannot form isolation level ${minimum}. ${why}`)
}
