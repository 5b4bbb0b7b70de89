import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { CONFINED_ID } from '../process/plan.ts'

export { fileCanary, serverCanary, udpCanary } from '../levels/canaries.ts'

/** A process of the very user that confined processes have, so that only confinement protects it. */
export async function processCanary() {
  const ids = process.getuid?.() === 0 ? { uid: CONFINED_ID, gid: CONFINED_ID } : {}
  const child = spawn('sleep', ['600'], { ...ids, stdio: 'ignore', env: {}, cwd: '/' })
  await once(child, 'spawn')
  const exited = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    alive: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
