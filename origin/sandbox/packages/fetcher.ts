import { spawn } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { killGroup } from '../process/kill-group.ts'
import { assemble, encode } from '../seccomp/assemble.ts'
import { fetchingPolicy } from '../seccomp/fetching-policy.ts'
import type { Architecture } from '../seccomp/syscalls.ts'
import { fetchingEnvironment } from './environment.ts'
import { PackageRefusal } from './package-refusal.ts'
import { FETCHING_ROOM, type Room, watchRoom } from './room.ts'
import { type Turns, turns } from './turns.ts'

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
/** How many of each part run at once, and how many more may wait for that. */
const AT_ONCE = 2
const MOST_WAITING = 100

/** Parts of the fetching program, as python/fetch.py names them. */
export type Part = 'pip' | 'wheels' | 'set' | 'facts'

export type Work = {
  part: Part
  args: readonly string[]
  /** What it may write to, besides its private folder for temporary files. */
  writes: string | null
  input?: string
  /** How long it may take, with the time that it waits for its turn. */
  timeoutMs: number
  signal: AbortSignal
  onLine?: (line: string) => void
}

export type Finished = { code: number | null; output: string; complaints: string[] }

/**
 * Runs the fetching program (python/fetch.py) to its end, as a user that owns nothing else, and
 * under a filter that lets it start neither programs nor processes (seccomp/fetching-policy.ts).
 */
export type Fetcher = {
  /**
   * Rejects with PackageRefusal when there is no pip, when time or room runs out or too many wait,
   * and with the reason of the signal when that aborts; by then no process is left.
   */
  run(work: Work): Promise<Finished>
  /** The user that needs to be able to write; null when it is the supervisor's own. */
  identity: number | null
}

export function fetcher(
  executable: string,
  {
    asRoot,
    arch,
    env,
    room = FETCHING_ROOM,
  }: { asRoot: boolean; arch: Architecture; env: NodeJS.ProcessEnv; room?: Room },
): Fetcher {
  const identity = asRoot ? FETCHER_ID : null
  const filter = encode(assemble(fetchingPolicy(), arch)).toString('base64')
  const queue = () => turns(AT_ONCE, MOST_WAITING)
  const queues: Record<Part, Turns> = {
    pip: queue(),
    wheels: queue(),
    set: queue(),
    facts: queue(),
  }

  async function run(work: Work): Promise<Finished> {
    const late = AbortSignal.timeout(work.timeoutMs)
    const stop = AbortSignal.any([work.signal, late])
    try {
      const leave = await queues[work.part].take(stop)
      return await runNow(work, stop).finally(leave)
    } catch (error) {
      work.signal.throwIfAborted()
      if (!late.aborted || error instanceof PackageRefusal) throw error
      throw new PackageRefusal(`the packages were not there after ${work.timeoutMs / 1000} s`)
    }
  }

  async function runNow(work: Work, stop: AbortSignal): Promise<Finished> {
    const scratch = await mkdtemp(join(tmpdir(), 'mcpbox-fetch-'))
    try {
      if (identity !== null) {
        await chown(scratch, identity, identity)
        if (work.writes !== null) await chown(work.writes, identity, identity)
      }
      using watch = watchRoom(work.writes === null ? [scratch] : [scratch, work.writes], room)
      return await finish(start(work, scratch), work, AbortSignal.any([stop, watch.full]))
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }

  function start({ part, args }: Work, scratch: string) {
    const program = [PROGRAM, filter, part, ...args]
    return spawn(executable, ['-I', '-B', '-u', '-X', 'utf8', ...program], {
      ...(identity === null ? {} : { uid: identity, gid: identity }),
      cwd: scratch,
      env: fetchingEnvironment(env, { asRoot, scratch }),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }
  return { run, identity }
}

/** Rejects with the reason of `stop` when that aborts, after the process has ended. */
async function finish(
  child: ReturnType<typeof spawn>,
  work: Work,
  stop: AbortSignal,
): Promise<Finished> {
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
  const end = () => killGroup(child)
  stop.addEventListener('abort', end, { once: true })
  if (stop.aborted) end()
  const code = await closed.promise.finally(() => stop.removeEventListener('abort', end))
  stop.throwIfAborted()
  if (code === NO_PIP) throw new PackageRefusal(noPip(child.spawnfile))
  return { code, output, complaints }
}

function noPip(executable: string): string {
  return (
    `packages need pip, and ${executable} has none; install it with \`apt install python3-pip\` ` +
    `or \`${executable} -m ensurepip\``
  )
}
