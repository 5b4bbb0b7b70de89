import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PACKAGES_MS } from '#contract/limits.ts'
import type { ModuleLock } from '#contract/packages.ts'
import type { Fetcher } from './fetcher.ts'
import { setName } from './lock.ts'
import { PackageRefusal } from './package-refusal.ts'
import { pip, type News } from './pip.ts'
import { digestOf, freeze, removeFrozen } from './frozen-tree.ts'
import { sharedJobs } from './shared-jobs.ts'

export type Wanted = { news: News; signal: AbortSignal }

/**
 * Sets of installed packages, each in a read-only folder named by its lock's hash. A set is made
 * beside its place and renamed into it, so a folder that is there is whole; what it holds is
 * compared once in each life of the sandbox with what was installed, and made again when it differs or
 * was removed.
 */
export type ModuleSets = {
  /** The folder of a lock's set, which is made first where it has to be. Rejects with PackageRefusal. */
  folderOf(lock: ModuleLock, wanted: Wanted): Promise<string>
}

export type Place = {
  folder: string
  /** User that confined processes become, who must be able to get there. */
  reader: number | null
}

const MAKING = '.making-'
const PRUNE_MS = 60_000

/**
 * The installed sets under a folder that nobody else writes to, for the interpreter of `target`. Asked
 * twice at once for one lock, it is installed once; a set is looked through before its first use.
 */
export function moduleSets(
  { folder, reader }: Place,
  target: string,
  fetcher: Fetcher,
): ModuleSets {
  const jobs = sharedJobs<string>()
  const verified = new Set<string>()
  let tidied: Promise<void> | null = null

  async function ready(lock: ModuleLock, wanted: Wanted): Promise<string> {
    if (lock.target !== target) {
      throw new PackageRefusal(
        `its packages were chosen for ${lock.target} and this is ${target}; change the tool, so that they are chosen anew`,
      )
    }
    await mkdir(folder, { recursive: true, mode: 0o755 })
    if (reader !== null) await assertReachable(folder, reader)
    tidied ??= removeAbandoned()
    await tidied.catch((error: unknown) => {
      tidied = null
      throw error
    })
    const path = join(folder, setName(lock))
    if (!(await isWhole(path))) await make(lock, path, wanted)
    verified.add(path)
    return path
  }

  async function removeAbandoned(): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      if (name.startsWith(MAKING) && (await isAbandoned(path))) await removeFrozen(path)
    }
  }

  async function isWhole(path: string): Promise<boolean> {
    const expected = await readFile(digestPath(path), 'utf8').catch(absent)
    if (expected === null || (await stat(path).catch(absent)) === null) return false
    return expected === (await digestOf(path))
  }

  async function make(lock: ModuleLock, path: string, { news, signal }: Wanted): Promise<void> {
    const making = join(folder, `${MAKING}${randomUUID()}`)
    await mkdir(making)
    try {
      await install(lock, making, { news, signal })
      await freeze(making)
      const digest = await digestOf(making)
      await clear(path)
      await rename(making, path)
      await writeFile(digestPath(path), digest)
    } finally {
      await removeFrozen(making)
    }
  }

  async function install(lock: ModuleLock, into: string, wanted: Wanted): Promise<void> {
    const lines = lock.packages.map(
      ({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`,
    )
    const requirements = join(into, 'requirements.txt')
    await writeFile(requirements, lines.join(''))
    const args = ['--target', into, '--no-deps', '--require-hashes', '-r', requirements]
    await pip(fetcher, { command: 'install', args, writes: into, ...wanted })
    await keepToLock(lock, into, wanted.signal)
  }

  /** What can be imported from the set is what the lock says, and nothing else that pip put there. */
  async function keepToLock(lock: ModuleLock, writes: string, signal: AbortSignal): Promise<void> {
    const input = JSON.stringify(lock.packages.flatMap(({ imports }) => imports))
    const work = {
      part: 'set',
      args: [writes],
      writes,
      input,
      timeoutMs: PRUNE_MS,
      signal,
    } as const
    const { code, complaints } = await fetcher.run(work)
    if (code !== 0) throw new Error(`a set cannot be kept to its lock: ${complaints.join('\n')}`)
  }

  async function clear(path: string): Promise<void> {
    const away = join(folder, `${MAKING}${randomUUID()}`)
    if (await rename(path, away).then(() => true, absent)) await removeFrozen(away)
  }

  return {
    async folderOf(lock, wanted) {
      const path = join(folder, setName(lock))
      if (verified.has(path) && (await stat(path).catch(absent)) !== null) return path
      return jobs.join(path, (news, signal) => ready(lock, { news, signal }), wanted)
    },
  }
}

/** Beside the folder, and written last: without it a set does not count. */
function digestPath(path: string): string {
  return `${path}.sha256`
}

/** Whether it is older than any installation may take. */
async function isAbandoned(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path)
  return mtimeMs < Date.now() - 2 * PACKAGES_MS
}

async function assertReachable(folder: string, reader: number): Promise<void> {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    const { mode, uid } = await stat(path)
    if (uid === reader || (mode & 0o001) !== 0) continue
    throw new PackageRefusal(
      `packages are kept in ${folder}, and uid ${reader}, which confined processes get, cannot pass ${path}; run \`chmod o+x ${path}\` or set MCPBOX_MODULE_SETS to another folder`,
    )
  }
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
