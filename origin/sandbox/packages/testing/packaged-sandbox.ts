import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '#contract/manifest.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { type ModuleLock, PackagePin } from '#contract/packages.ts'
import type { Outcome } from '#contract/sandbox.ts'
import { NOBODY, runConfined } from '../../calls/run.ts'
import { internet } from '../../egress/network.ts'
import type { FormableLevel } from '../../levels/layers.ts'
import { USUAL_LIMITS } from '../../levels/prove.ts'
import { identityOf } from '../../process/plan.ts'
import { forkServer } from '../../process/fork-server.ts'
import { machine } from '../../testing/sandbox.ts'
import { removeFrozen } from '../frozen-tree.ts'
import type { Wanted } from '../module-sets.ts'
import { packageSource } from '../package-source.ts'
import { packagedServers } from '../packaged.ts'

const { executable } = machine.interpreter

/** Why packages cannot be tried here; null when they can. */
export const noPip: string | null = hasPip() ? null : `${executable} has no pip`

function hasPip(): boolean {
  try {
    execFileSync(executable, ['-I', '-c', 'import pip'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const pins = (...names: string[]) => names.map((name) => PackagePin.parse(name))

/** Real pip, real sets in a folder of their own, real confinement. */
export async function packagedSandbox(
  env: NodeJS.ProcessEnv,
  advisories = 'http://127.0.0.1:9',
  existing: string | null = null,
) {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-sets-'))
  await chmod(folder, 0o755)
  const options = { ...machine, reader: identityOf(machine), advisories, env }
  const sets = existing ?? join(folder, 'sets')
  const source = packageSource({ ...options, folder: sets })
  const closing: AsyncDisposable[] = []
  const news: string[] = []
  const signal = new AbortController().signal
  const wanted: Wanted = { news: (message: string) => void news.push(message), signal }

  /** A function that runs a tool at a level. */
  function at(level: FormableLevel) {
    const plain = forkServer({ ...machine, level })
    const packaged = packagedServers({ ...machine, level }, source.sets)
    closing.push(packaged, plain)
    const run = runConfined(plain, internet, packaged)
    return (
      code: string,
      lock: ModuleLock,
      manifest: { [kind in keyof Manifest]?: string[] },
      timeout_ms = USUAL_LIMITS.timeout_ms,
    ): Promise<Outcome> => {
      const version = {
        hash: 'h',
        language: 'python' as const,
        code,
        manifest: { ...EMPTY_MANIFEST, ...manifest } as Manifest,
        module_lock: lock,
        input_schema: { type: 'object' },
      }
      const limits = { ...USUAL_LIMITS, timeout_ms }
      const request = {
        run_id: 'r',
        version,
        input: {},
        secrets: {},
        bound_secrets: [],
        withdrawals: [],
        answered_by: 'network' as const,
        limits,
      }
      return run(request, NOBODY, signal)
    }
  }

  return {
    source,
    sets,
    news,
    wanted,
    at,
    lock: (...names: string[]) => source.lock(pins(...names), wanted),
    async [Symbol.asyncDispose]() {
      for (const one of closing) await one[Symbol.asyncDispose]()
      await removeFrozen(folder)
    },
  }
}
