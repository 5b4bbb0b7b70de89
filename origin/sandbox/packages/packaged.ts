import { stat } from 'node:fs/promises'
import type { Manifest } from '#contract/manifest.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { RunRequest } from '#contract/sandbox.ts'
import { type ForkServer, forkServer } from '../process/fork-server.ts'
import type { Confinement, PackageSet } from '../process/plan.ts'
import type { ModuleSets, Wanted } from './module-sets.ts'
import { PackageRefusal } from './package-refusal.ts'

/** Fork servers with packages that are kept awake at once; each has the memory of an interpreter. */
const MOST_AWAKE = 4

/** Where processes come from that may import the packages of a version, and no others. */
export type Packaged = AsyncDisposable & {
  /**
   * Whose children see exactly this lock's set; it is installed first where it has to be. `imports`
   * are loaded ahead of each call. Rejects with PackageRefusal.
   */
  serverFor(
    lock: ModuleLock,
    imports: readonly string[],
    wanted: Wanted,
  ): Promise<Pick<ForkServer, 'take'>>
}

/** A fork server, and how many calls it serves or is about to. */
type Awake = { server: ForkServer; calls: number; leaving: boolean }

/**
 * A fork server for each set: two tools never share one with different packages. The fork server
 * itself imports nothing of a set; its children do, when they are confined. Those that were not
 * called for the longest time end, when the calls that they serve are over.
 */
export function packagedServers(confinement: Confinement, sets: ModuleSets): Packaged {
  const newest = new Map<string, Awake>()
  const alive = new Set<Awake>()
  const ending = new Set<Promise<void>>()

  function end(awake: Awake): void {
    if (!alive.delete(awake)) return
    const ended = Promise.resolve(awake.server[Symbol.asyncDispose]())
    ending.add(ended)
    void ended.then(() => ending.delete(ended))
  }

  function over(awake: Awake): void {
    awake.calls--
    if (awake.leaving && awake.calls === 0) end(awake)
  }

  function sendAway(key: string, awake: Awake): void {
    newest.delete(key)
    awake.leaving = true
    if (awake.calls === 0) end(awake)
    else awake.server.rest()
  }

  function awaken(key: string, packages: PackageSet): Awake {
    const awake = newest.get(key) ?? {
      server: forkServer({ ...confinement, packages }),
      calls: 0,
      leaving: false,
    }
    newest.delete(key)
    newest.set(key, awake)
    alive.add(awake)
    for (const [oldest, idle] of [...newest].slice(0, -MOST_AWAKE)) sendAway(oldest, idle)
    return awake
  }

  return {
    async serverFor(lock, imports, wanted) {
      if (confinement.level === 'S1') {
        throw new PackageRefusal(
          'packages need isolation level S2 or stronger: at S1 what they do when imported could read files',
        )
      }
      const folder = await sets.folderOf(lock, wanted)
      const key = JSON.stringify([await asItStands(folder), imports])
      return {
        async take(limits, modules, language) {
          const awake = awaken(key, { folder, imports })
          awake.calls++
          try {
            const taken = await awake.server.take(limits, modules, language)
            void taken.child.gone.then(() => over(awake))
            return taken
          } catch (error) {
            over(awake)
            throw error
          }
        },
      }
    },
    async [Symbol.asyncDispose]() {
      newest.clear()
      alive.forEach(end)
      await Promise.all(ending)
    },
  }
}

/** Tells a folder from one that was made again in its place, which a fork server does not see. */
async function asItStands(folder: string): Promise<string> {
  const { ino, ctimeNs } = await stat(folder, { bigint: true })
  return `${folder} ${ino} ${ctimeNs}`
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
