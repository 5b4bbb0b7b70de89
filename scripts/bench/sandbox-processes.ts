import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** kB (proc(5), smaps_rollup): the share of what is shared, and what is its own. */
export type Memory = { pss: number; own: number }

/** Milliseconds of processor time, of a fork server itself and of all its children that ended. */
export type Used = { server: number; children: number }

/** USER_HZ, in which proc(5) counts for every program. */
const TICKS_PER_S = 100
/** Long beside a tick, so that who works is seen to. */
const REST_MS = 150
const MOST_REST_MS = 10_000

/**
 * What each child waiting for its task takes. Empty when the kernel does not show it to this user.
 * `mark` is a text in the command lines of their fork server.
 */
export async function idleChildren(mark: string): Promise<Memory[]> {
  const idle = await generation(mark, 3)
  const shown = await Promise.all(idle.map((pid) => read(`/proc/${pid}/smaps_rollup`)))
  return shown.flatMap((text) => {
    if (text === null) return []
    const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1])
    return [{ pss: kb('Pss'), own: kb('Private_Dirty') + kb('Private_Clean') }]
  })
}

/** Processor time so far of the fork server marked so; to be read twice and subtracted. */
export async function forkServerTime(mark: string): Promise<Used> {
  const used = await Promise.all((await generation(mark, 2)).map(timeOf))
  return {
    server: used.reduce((sum, { own }) => sum + own, 0),
    children: used.reduce((sum, { ended }) => sum + ended, 0),
  }
}

/** Resolves when no waiting child works any more, so that what it does ahead of a call is done; or
 * when that takes too long. */
export async function childrenAtRest(mark: string): Promise<void> {
  let before: string | null = null
  const until = performance.now() + MOST_REST_MS
  while (performance.now() < until) {
    const waiting = await generation(mark, 3)
    const used = await Promise.all(waiting.map(async (pid) => [pid, (await timeOf(pid)).own]))
    const now = JSON.stringify(used)
    if (now === before) return
    before = now
    await pause(REST_MS)
  }
}

/** Milliseconds that a process has worked itself, and its children that it has waited for. */
async function timeOf(pid: string): Promise<{ own: number; ended: number }> {
  const text = (await read(`/proc/${pid}/stat`)) ?? ''
  // proc_pid_stat(5): fields 14 to 17, counted behind the name, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ms = (field: number) => (Number(fields[field - 3] ?? 0) * 1000) / TICKS_PER_S
  return { own: ms(14) + ms(15), ended: ms(16) + ms(17) }
}

/** Of what this process started: 1 is the warden, 2 its child, the fork server, 3 the children. */
async function generation(mark: string, wanted: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => read(`/proc/${pid}/cmdline`)))
  const marked = pids.filter((_, at) => lines[at]?.includes(mark))
  const parents = await Promise.all(marked.map(parentOf))
  const depth = (pid: string | undefined): number => {
    if (pid === String(process.pid)) return 0
    const at = marked.indexOf(pid ?? '')
    return at < 0 ? Number.NaN : 1 + depth(parents[at])
  }
  return marked.filter((pid) => depth(pid) === wanted)
}

async function parentOf(pid: string): Promise<string | undefined> {
  return /^PPid:\s+(\d+)$/m.exec((await read(`/proc/${pid}/status`)) ?? '')?.[1]
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null // it ended while it was looked at, or is not shown to this user
  }
}
