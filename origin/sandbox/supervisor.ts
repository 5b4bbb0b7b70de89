import { randomUUID } from 'node:crypto'
import type { SandboxHealth, SelfTest } from '#contract/sandbox.ts'
import { type Analyze, analyzeConfined } from './calls/analyze.ts'
import { runConfined } from './calls/run.ts'
import type { Config } from './config.ts'
import { fixFor } from './levels/fixes.ts'
import { inspectMachine } from './levels/machine.ts'
import { proveLevel } from './levels/prove.ts'
import { testSelf } from './levels/self-test.ts'
import { TooWeak } from './levels/too-weak.ts'
import { internet } from './egress/network.ts'
import { type PackageSource, packageSource } from './packages/package-source.ts'
import { packagedServers } from './packages/packaged.ts'
import { engineProblem, identityOf } from './process/plan.ts'
import { type Registry, runRegistry } from './runs/registry.ts'

export type Supervisor = AsyncDisposable & {
  runs: Registry
  analyze: Analyze
  packages: PackageSource
  health: () => SandboxHealth
}

/**
 * Finds an interpreter, proves the isolation level, tries the forbidden, and is ready for calls. Rejects with TooWeak
 * when this machine cannot give what the configuration asks for. Disposal ends every run.
 */
export async function startSupervisor(
  config: Pick<
    Config,
    'minimum' | 'python' | 'controlGroup' | 'maxRuns' | 'moduleSets' | 'advisories'
  >,
  env: NodeJS.ProcessEnv,
): Promise<Supervisor> {
  const found = await inspectMachine(config.python, env)
  const machine = { ...found, controlGroup: config.controlGroup }
  const { forkServer, level, isolation, missing } = await proveLevel(machine, config.minimum)
  const packages = packageSource({
    ...machine,
    reader: identityOf(machine),
    folder: config.moduleSets,
    advisories: config.advisories,
    env,
  })
  const packaged = packagedServers({ ...machine, level }, packages.sets)
  const run = runConfined(forkServer, internet, packaged)
  const selfTest = await heldOrEnded(forkServer, () => testSelf(run, isolation.level))
  const runs = runRegistry(run, config.maxRuns)
  const bootId = randomUUID()
  return {
    runs,
    analyze: analyzeConfined(forkServer),
    packages,
    health: () => ({
      status: 'ready',
      boot_id: bootId,
      isolation,
      runtimes: {
        python: machine.interpreter.version.join('.'),
        typescript: 'executable' in machine.engine ? process.versions.node : null,
      },
      missing: [...missing, ...withoutEngine(engineProblem({ ...machine, level }))],
      self_test: selfTest,
      running: runs.running(),
    }),
    async [Symbol.asyncDispose]() {
      await runs.close()
      await packaged[Symbol.asyncDispose]()
      await forkServer[Symbol.asyncDispose]()
    },
  }
}

/** Without a Node there are tools in Python only. */
function withoutEngine(reason: string | null): SandboxHealth['missing'] {
  return reason === null ? [] : [{ layer: 'engine', reason, fix: fixFor('engine') }]
}

/** The self-test; ends the fork server and rejects with TooWeak where a protection does not hold. */
async function heldOrEnded(
  server: AsyncDisposable,
  test: () => Promise<SelfTest>,
): Promise<SelfTest> {
  try {
    const tested = await test()
    if (tested.failed.length === 0) return tested
    throw new TooWeak(`the sandbox does not hold what it promises: ${tested.failed.join('; ')}`)
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
}
