import type { ChildProcess } from 'node:child_process'

/** How long a killed group may take to let go of its channels before they are cut from this side. */
const LINGER_MS = 2_000

/**
 * SIGKILL to the group that a child leads. Only while the child is unreaped: afterwards the
 * number may be somebody else's. The children of a dead leader die by PR_SET_PDEATHSIG.
 */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
  const cut = setTimeout(() => child.stdio.forEach((stream) => stream?.destroy()), LINGER_MS)
  cut.unref()
  child.once('close', () => clearTimeout(cut))
}
