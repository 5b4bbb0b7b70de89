import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Interpreter, OLDEST_VERSION } from './interpreter.ts'

const PROBE_TIMEOUT_MS = 10_000
const ISOLATED = ['-I', '-S', '-B', '-X', 'utf8']

export type Probed = { interpreter: Interpreter } | { unusable: string }

/**
 * Starts a candidate as the user that confined processes will be, and asks it what it is. A shim
 * (pyenv, asdf) is started with the given environment once and then replaced by what it leads to.
 */
export async function probe(
  candidate: string,
  identity: number | null,
  shimEnv: NodeJS.ProcessEnv,
): Promise<Probed> {
  const first = await ask(candidate, identity, shimEnv)
  if ('unusable' in first) return first
  return first.interpreter.executable === candidate
    ? first
    : ask(first.interpreter.executable, identity, {})
}

async function ask(
  executable: string,
  identity: number | null,
  env: NodeJS.ProcessEnv,
): Promise<Probed> {
  const source = await readFile(new URL('../python/probe.py', import.meta.url), 'utf8')
  const ids = identity === null ? {} : { uid: identity, gid: identity }
  try {
    const { stdout } = await promisify(execFile)(executable, [...ISOLATED, '-c', source], {
      ...ids,
      env,
      cwd: '/',
      timeout: PROBE_TIMEOUT_MS,
    })
    return judge(Interpreter.parse(JSON.parse(stdout)))
  } catch (error) {
    return { unusable: reason(error, identity) }
  }
}

function judge(interpreter: Interpreter): Probed {
  const [major, minor] = interpreter.version
  const [oldestMajor, oldestMinor] = OLDEST_VERSION
  if (major === oldestMajor && minor >= oldestMinor) return { interpreter }
  return { unusable: `is Python ${major}.${minor}; ${OLDEST_VERSION.join('.')} is the oldest` }
}

function reason(error: unknown, identity: number | null): string {
  const who = identity === null ? '' : ` for uid ${identity}, which confined processes get`
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'ENOENT') return 'does not exist'
    if (error.code === 'EACCES') return `cannot be read or executed${who}`
  }
  const text = error instanceof Error ? error.message : String(error)
  return `does not start${who}: ${text.split('\n').filter(Boolean).at(-1) ?? text}`
}
