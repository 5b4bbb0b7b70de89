import { readdir, readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second (proc(5), USER_HZ). */
const TICK_MS = 10
const PAGE_BYTES = 4096

/** A running workerd, as Linux sees it (proc(5)). */
export interface Workerd {
  /** Processor time that it has used so far, in its own code and in the kernel, in milliseconds. */
  cpuMs(): Promise<number>
  /** Memory that it holds, in MB. */
  residentMb(): Promise<number>
}

/** The workerd processes that this process has started. */
export async function startedWorkerds(): Promise<Workerd[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const mine = await Promise.all(pids.map(async (pid) => ((await isMine(pid)) ? pid : null)))
  return mine.filter((pid) => pid !== null).map(workerd)
}

function workerd(pid: string): Workerd {
  return {
    async cpuMs() {
      const [user = 0, system = 0] = (await statOf(pid)).slice(11, 13).map(Number)
      return (user + system) * TICK_MS
    },
    async residentMb() {
      const [, resident = 0] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ').map(Number)
      return (resident * PAGE_BYTES) / 1_000_000
    },
  }
}

/** Fields of /proc/<pid>/stat after the name, which may hold spaces: state, parent, … */
async function statOf(pid: string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

async function isMine(pid: string): Promise<boolean> {
  try {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8')
    return name.startsWith('workerd') && Number((await statOf(pid))[1]) === process.pid
  } catch {
    // It ended while it was looked at.
    return false
  }
}
