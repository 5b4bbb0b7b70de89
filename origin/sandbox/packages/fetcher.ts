import { spawn } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { killGroup } from '../process/kill-group.ts'
import { fetchingEnvironment } from './environment.ts'
import { PackageRefusal } from './package-refusal.ts'

/**
 * User and group of what fetches packages when the supervisor is root; neither those of fork
 * servers nor those of calls (see process/call-ids.ts for the range).
 */
export const FETCHER_ID = 61_001

const PROGRAM = fileURLToPath(new URL('../python/fetch.py', import.meta.url))
/** Exit code of python/fetching/pip.py where the interpreter has no pip. */
const NO_PIP = 77
const KEPT_LINES = 200
const MOST_OUTPUT_CHARS = 20_000_000

export type Work = {
  args: readonly string[]
  /** What it may write to, besides its private folder for temporary files. */
  writes: string | null
  input?: string
  timeoutMs: number
  signal: AbortSignal
  onLine?: (line: string) => void
}

export type Finished = { code: number | null; output: string; complaints: string[] }

/** Runs the fetching program (python/fetch.py) to its end, as a user that owns nothing else. */
export type Fetcher = {
  /**
   * Rejects with PackageRefusal when there is no pip or time runs out, and with the reason of the
   * signal when that aborts; by then no process is left.
   */
  run(work: Work): Promise<Finished>
  /** The user that needs to be able to write; null when it is the supervisor's own. */
  identity: number | null
}

export function fetcher(
  executable: string,
  { asRoot, env }: { asRoot: boolean; env: NodeJS.ProcessEnv },
): Fetcher {
  const identity = asRoot ? FETCHER_ID : null

  async function run(work: Work): Promise<Finished> {
    const scratch = await mkdtemp(join(tmpdir(), 'mcpbox-fetch-'))
    try {
      if (identity !== null) {
        await chown(scratch, identity, identity)
        if (work.writes !== null) await chown(work.writes, identity, identity)
      }
      return await finish(start(work, scratch), work)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }

  function start({ args }: Work, scratch: string) {
    return spawn(executable, ['-I', '-B', '-u', '-X', 'utf8', PROGRAM, ...args], {
      ...(identity === null ? {} : { uid: identity, gid: identity }),
      cwd: scratch,
      env: fetchingEnvironment(env, { asRoot, scratch }),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }
  return { run, identity }
}

async function finish(child: ReturnType<typeof spawn>, work: Work): Promise<Finished> {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes to a child')
  let output = ''
  const complaints: string[] = []
  stdin.on('error', () => undefined) // it may end without reading
  stdin.end(work.input ?? '')
  createInterface({ input: stdout }).on('line', (line) => {
    if (output.length + line.length <= MOST_OUTPUT_CHARS) output += `${line}\n`
    work.onLine?.(line)
  })
  createInterface({ input: stderr }).on('line', (line) => {
    complaints.push(line)
    if (complaints.length > KEPT_LINES) complaints.shift()
  })
  const closed = Promise.withResolvers<number | null>()
  child.once('error', closed.reject)
  child.once('close', closed.resolve)
  const limit = AbortSignal.timeout(work.timeoutMs)
  const stop = AbortSignal.any([work.signal, limit])
  const end = () => killGroup(child)
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  const code = await closed.promise.finally(() => stop.removeEventListener('abort', end))
  work.signal.throwIfAborted()
  if (limit.aborted) {
    throw new PackageRefusal(`the packages were not there after ${work.timeoutMs / 1000} s`)
  }
  if (code === NO_PIP) throw new PackageRefusal(noPip(child.spawnfile))
  return { code, output, complaints }
}

function noPip(executable: string): string {
  return (
    `packages need pip, and ${executable} has none; install it with \`apt install python3-pip\` ` +
    `or \`${executable} -m ensurepip\``
  )
}
