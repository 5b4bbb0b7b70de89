import type { FactsRequest, ModuleLock, PackageFacts, PackagePin } from '#contract/packages.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import type { Architecture } from '../seccomp/syscalls.ts'
import { packageFacts } from './facts.ts'
import { fetcher } from './fetcher.ts'
import { resolveLock, targetOf } from './lock.ts'
import { moduleSets, type ModuleSets, type Wanted } from './module-sets.ts'

/** Packages as this machine gets them. */
export type PackageSource = {
  /** Chooses exact wheels. Rejects with PackageRefusal. */
  lock(packages: readonly PackagePin[], wanted: Wanted): Promise<ModuleLock>
  /** What is installed of them, and where. */
  sets: ModuleSets
  facts(packages: FactsRequest['packages'], signal: AbortSignal): Promise<PackageFacts[]>
}

export type SourceOptions = {
  interpreter: Interpreter
  arch: Architecture
  asRoot: boolean
  /** User that confined processes become; null when they stay who the supervisor is. */
  reader: number | null
  /** Folder of the sets. */
  folder: string
  /** Where known vulnerabilities are asked for. */
  advisories: string
  env: NodeJS.ProcessEnv
}

export function packageSource(options: SourceOptions): PackageSource {
  const { interpreter, folder, reader } = options
  const target = targetOf(interpreter)
  const fetching = fetcher(interpreter.executable, options)
  return {
    lock: (packages, wanted) => resolveLock(fetching, target, packages, wanted),
    sets: moduleSets({ folder, reader }, target, fetching),
    facts: packageFacts(fetching, options.advisories),
  }
}
