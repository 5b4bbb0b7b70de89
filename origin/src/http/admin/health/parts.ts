import type { PoolFigures } from '#contract/health.ts'
import type { SandboxHealth } from '#contract/sandbox.ts'
import { isDatabaseAway } from '../../../domain/database-away.ts'
import { Refusal } from '../../../domain/refusal.ts'
import type { Sandbox } from '../../../domain/sandbox.ts'

/** Whoever asks waits no longer than this for an answer of a part. */
const PATIENCE_MS = 3_000

/** The two parts without which nothing works. */
export interface VitalParts {
  version: string
  database: { answers: () => Promise<void>; pool: () => PoolFigures | null }
  /** Itself, around its circuit breaker. */
  sandbox: Pick<Sandbox, 'health'>
}

/** Whether the database answers, and in time. */
export async function databaseAnswers({ database }: VitalParts): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), PATIENCE_MS)
  try {
    return await Promise.race([database.answers().then(() => true), late.promise])
  } catch (fault) {
    if (isDatabaseAway(fault)) return false
    throw fault
  } finally {
    clearTimeout(timer)
  }
}

/** What the sandbox says of itself; null when it does not answer, or not in time. */
export async function sandboxHealth({ sandbox }: VitalParts): Promise<SandboxHealth | null> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    return await sandbox.health(patience)
  } catch (fault) {
    if (fault instanceof Refusal || patience.aborted) return null
    throw fault
  }
}
