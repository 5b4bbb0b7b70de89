import type { Manifest } from '#contract/manifest.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import { type ForkServer, forkServer } from '../process/fork-server.ts'
import type { Confinement } from '../process/plan.ts'
import type { ModuleSets, Wanted } from './module-sets.ts'
import { PackageRefusal } from './package-refusal.ts'

/** Fork servers with packages that are kept awake at once; each has the memory of an interpreter. */
const MOST_AWAKE = 4

/** Where processes come from that may import the packages of a version, and no others. */
export type Packaged = AsyncDisposable & {
  /**
   * A fork server whose children see exactly this lock's set; it is installed first where it has to
   * be. `imports` are loaded ahead of each call. Rejects with PackageRefusal.
   */
  serverFor(lock: ModuleLock, imports: readonly string[], wanted: Wanted): Promise<ForkServer>
}

/**
 * A fork server for each set: two tools never share one with different packages. The fork server
 * itself imports nothing of a set; its children do, when they are confined.
 */
export function packagedServers(confinement: Confinement, sets: ModuleSets): Packaged {
  const servers = new Map<string, ForkServer>()

  return {
    async serverFor(lock, imports, wanted) {
      if (confinement.level === 'S1') {
        throw new PackageRefusal(
          'packages need isolation level S2 or stronger: at S1 what they do when imported could read files',
        )
      }
      const folder = await sets.folderOf(lock, wanted)
      const key = JSON.stringify([folder, imports])
      const server =
        servers.get(key) ?? forkServer({ ...confinement, packages: { folder, imports } })
      servers.delete(key)
      servers.set(key, server)
      for (const idle of [...servers.values()].slice(0, -MOST_AWAKE)) idle.rest()
      return server
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...servers.values()].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

/**
 * Import names that a manifest's packages give to a tool: those that they bring themselves, not
 * those of what they need. Rejects locks that do not belong to the manifest.
 */
export function packageImports(manifest: Pick<Manifest, 'packages'>, lock: ModuleLock): string[] {
  return manifest.packages.flatMap((pin) => {
    const name = pin.slice(0, pin.indexOf('=='))
    const locked = lock.packages.find((one) => one.name === name)
    if (locked === undefined) throw new PackageRefusal(`the package ${pin} is not in the lock`)
    return locked.imports
  })
}

/** The lock of a version; null when it names no package. */
export function lockOf({ manifest, module_lock }: RunRequest['version']): ModuleLock | null {
  if (manifest.packages.length === 0) return null
  if (module_lock === null) {
    throw new PackageRefusal('its packages were never chosen; change the tool, so that they are')
  }
  return module_lock
}
