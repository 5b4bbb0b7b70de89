import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { canonicalJson } from '#contract/json.ts'
import { LockedPackage, ModuleLock, type PackagePin } from '#contract/packages.ts'
import type { Interpreter } from '../interpreter/interpreter.ts'
import type { Fetcher } from './fetcher.ts'
import { PackageRefusal } from './package-refusal.ts'
import { pip, type News } from './pip.ts'

const LOOK_MS = 60_000

/** What wheels are chosen for here. */
export function targetOf({ version: [major, minor] }: Pick<Interpreter, 'version'>): string {
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64'
  return `cp${major}${minor} linux ${arch}`
}

/** The name of a lock's set: the same packages for the same target have one, whoever names them. */
export function setName(lock: ModuleLock): string {
  return createHash('sha256').update(canonicalJson(lock)).digest('hex')
}

/**
 * Has pip choose and fetch the wheels that the packages need, dependencies included, and writes
 * down which they were. Nothing is installed, and nothing but wheels of the index is taken. Rejects with PackageRefusal.
 */
export async function resolveLock(
  fetcher: Fetcher,
  target: string,
  packages: readonly PackagePin[],
  { news, signal }: { news: News; signal: AbortSignal },
): Promise<ModuleLock> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-wheels-'))
  try {
    const args = ['--dest', folder, '--', ...packages]
    await pip(fetcher, { command: 'download', args, writes: folder, signal, news }).catch(
      (error: unknown) => {
        if (!(error instanceof PackageRefusal)) throw error
        throw new PackageRefusal(
          `${packages.join(', ')}: ${error.message}. Only wheels for ${target} are used, never source packages.`,
        )
      },
    )
    const work = {
      part: 'wheels',
      args: [folder],
      writes: null,
      timeoutMs: LOOK_MS,
      signal,
    } as const
    const { code, output, complaints } = await fetcher.run(work)
    if (code !== 0) throw new PackageRefusal(`a package cannot be locked: ${complaints.at(-1)}`)
    return toLock(target, JSON.parse(output))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function toLock(target: string, wheels: unknown): ModuleLock {
  const read = z.array(LockedPackage).safeParse(wheels)
  if (!read.success) {
    throw new PackageRefusal(`a package cannot be locked: ${z.prettifyError(read.error)}`)
  }
  const packages = read.data.sort((a, b) => (a.name < b.name ? -1 : 1))
  return ModuleLock.parse({ target, packages })
}
