import { findEngine } from '../engine/find.ts'
import { findInterpreter, NoInterpreter } from '../interpreter/find.ts'
import { CONFINED_ID, type Confinement } from '../process/plan.ts'
import { architecture } from '../seccomp/syscalls.ts'
import { fixFor } from './fixes.ts'
import { TooWeak } from './too-weak.ts'

export type Machine = Omit<Confinement, 'level'>

/** What confinement can build on here: processor, user, interpreter. TooWeak when one is missing. */
export async function inspectMachine(
  python: string | null,
  env: NodeJS.ProcessEnv,
): Promise<Machine> {
  const arch = process.platform === 'linux' ? architecture(process.arch) : null
  if (arch === null) {
    const here = `${process.platform} on ${process.arch}`
    throw new TooWeak(`there is no isolation for ${here}; use Linux on x64 or arm64`)
  }
  const asRoot = process.getuid?.() === 0
  const identity = asRoot ? CONFINED_ID : null
  try {
    const interpreter = await findInterpreter({ named: python, env, identity })
    return { arch, asRoot, interpreter, engine: await findEngine() }
  } catch (error) {
    if (!(error instanceof NoInterpreter)) throw error
    throw new TooWeak(`${error.message}; ${fixFor('interpreter')}`)
  }
}
