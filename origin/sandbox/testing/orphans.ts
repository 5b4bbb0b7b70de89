import { readdir, readFile } from 'node:fs/promises'
import { LAUNCHER } from '../process/zygote.ts'

/** Processes of calls that lost their parent: there must never be one that stays. */
export async function orphans(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map(isOrphan))
  return pids.filter((_, at) => found[at])
}

async function isOrphan(pid: string): Promise<boolean> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return command.includes(LAUNCHER) && /^PPid:\s+1$/m.test(status)
  } catch {
    return false // it ended while it was looked at
  }
}
