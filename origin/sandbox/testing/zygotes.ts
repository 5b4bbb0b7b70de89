import { readdir, readFile } from 'node:fs/promises'
import { LAUNCHER } from '../process/zygote.ts'

/** Process ids of the fork servers that this process has started and not seen end. */
export async function zygotes(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const ours = await Promise.all(pids.map(isOurs))
  return pids.filter((_, at) => ours[at]).map(Number)
}

async function isOurs(pid: string): Promise<boolean> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return command.includes(LAUNCHER) && new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status)
  } catch {
    return false // it ended while it was looked at
  }
}
