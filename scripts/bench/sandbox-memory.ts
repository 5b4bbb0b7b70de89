import { readdir, readFile } from 'node:fs/promises'

/**
 * The proportional set size (kB, proc(5)) of each process that has a given text in its command line
 * and waits for its task. Null when the kernel does not show it to this user.
 */
export async function idleChildren(mark: string): Promise<number[] | null> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const own = await Promise.all(pids.map((pid) => read(`/proc/${pid}/cmdline`)))
  const marked = pids.filter((_, at) => own[at]?.includes(mark))
  const parents = await Promise.all(
    marked.map(
      async (pid) => /^PPid:\s+(\d+)$/m.exec((await read(`/proc/${pid}/status`)) ?? '')?.[1],
    ),
  )
  // The first is the warden, its child the fork server, and the children of that are the idle ones.
  const depth = (pid: string | undefined): number => {
    const at = marked.indexOf(pid ?? '')
    return at < 0 ? 0 : 1 + depth(parents[at])
  }
  const idle = marked.filter((pid) => depth(pid) === 3)
  const sizes = await Promise.all(idle.map((pid) => read(`/proc/${pid}/smaps_rollup`)))
  const shown = sizes.flatMap((text) => /^Pss:\s+(\d+) kB$/m.exec(text ?? '')?.[1] ?? [])
  return shown.length === 0 ? null : shown.map(Number).sort((a, b) => a - b)
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null // it ended while it was looked at, or is not shown to this user
  }
}
