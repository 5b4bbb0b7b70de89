import { randomUUID } from 'node:crypto'
import type { SandboxHealth } from '#contract/sandbox.ts'
import { type Analyze, analyzeConfined } from './calls/analyze.ts'
import { runConfined } from './calls/run.ts'
import type { Config } from './config.ts'
import { inspectMachine } from './levels/machine.ts'
import { proveLevel } from './levels/prove.ts'
import { type Registry, runRegistry } from './runs/registry.ts'

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
  const machine = await inspectMachine(config.python, env)
  const { forkServer, isolation, missing } = await proveLevel(machine, config.minimum)
  const runs = runRegistry(runConfined(forkServer), config.maxRuns)
  const bootId = randomUUID()
  return {
    runs,
    analyze: analyzeConfined(forkServer),
    health: () => ({
      status: 'ready',
      boot_id: bootId,
      isolation,
      missing,
      running: runs.running(),
    }),
    async [Symbol.asyncDispose]() {
      await runs.close()
      await forkServer[Symbol.asyncDispose]()
    },
  }
}
