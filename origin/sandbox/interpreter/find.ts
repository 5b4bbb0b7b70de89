import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { Interpreter } from './interpreter.ts'
import { probe } from './probe.ts'

const NAMES = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3']
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin']

export type Search = {
  /** The one that the owner named; then no other is tried. */
  named: string | null
  env: NodeJS.ProcessEnv
  identity: number | null
}

export class NoInterpreter extends Error {}

/** The first usable interpreter; NoInterpreter with what was tried and why it did not do. */
export async function findInterpreter(search: Search): Promise<Interpreter> {
  const tried: string[] = []
  for (const candidate of await candidates(search)) {
    const probed = await probe(candidate, search.identity, search.env)
    if ('interpreter' in probed) return probed.interpreter
    tried.push(`${candidate} ${probed.unusable}`)
  }
  throw new NoInterpreter(
    tried.length === 0 ? 'no python3 is in PATH' : `no usable Python: ${tried.join('; ')}`,
  )
}

async function candidates({ named, env }: Search): Promise<string[]> {
  if (named !== null) return [named]
  const folders = [...new Set([...(env['PATH'] ?? '').split(':'), ...USUAL_FOLDERS])]
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  const present = await Promise.all(paths.map(isExecutable))
  return paths.filter((_, at) => present[at])
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
