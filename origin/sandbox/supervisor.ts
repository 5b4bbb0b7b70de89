import { randomUUID } from 'node:crypto'
import type { SandboxHealth } from '#contract/sandbox.ts'
import { type Analyze, analyzeConfined } from './calls/analyze.ts'
import { runConfined } from './calls/run.ts'
import type { Config } from './config.ts'
import { findInterpreter, NoInterpreter } from './interpreter/find.ts'
import { fixFor } from './levels/fixes.ts'
import { proveLevel, TooWeak } from './levels/prove.ts'
import { CONFINED_ID } from './process/plan.ts'
import { type Registry, runRegistry } from './runs/registry.ts'
import { architecture } from './seccomp/syscalls.ts'

export type Supervisor = AsyncDisposable & {
  runs: Registry
  analyze: Analyze
  health: () => SandboxHealth
}

/**
 * Finds an interpreter, proves the isolation level, and is ready for calls. Rejects with TooWeak
 * when this machine cannot give what the configuration asks for. Disposal ends every run.
 */
export async function startSupervisor(
  config: Pick<Config, 'minimum' | 'python' | 'maxRuns'>,
  env: NodeJS.ProcessEnv,
): Promise<Supervisor> {
  const arch = process.platform === 'linux' ? architecture(process.arch) : null
  if (arch === null) {
    throw new TooWeak(
      `no isolation for ${process.platform} on ${process.arch}; use Linux on x64 or arm64`,
    )
  }
  const asRoot = process.getuid?.() === 0
  const identity = asRoot ? CONFINED_ID : null
  const search = { named: config.python, env, identity }
  const interpreter = await findInterpreter(search).catch((error: unknown) => {
    if (!(error instanceof NoInterpreter)) throw error
    throw new TooWeak(`${error.message}; ${fixFor('interpreter')}`)
  })
  const { confinement, isolation, missing } = await proveLevel(
    { interpreter, arch, asRoot },
    config.minimum,
  )
  const runs = runRegistry(runConfined(confinement), config.maxRuns)
  const bootId = randomUUID()
  return {
    runs,
    analyze: analyzeConfined(confinement),
    health: () => ({
      status: 'ready',
      boot_id: bootId,
      isolation,
      missing,
      running: runs.running(),
    }),
    [Symbol.asyncDispose]: () => runs.close(),
  }
}
