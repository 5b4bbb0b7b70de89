import { describe, expect, it } from 'vitest'
import { attack, unbarred } from '../testing/attack.ts'
import { processCanary } from '../testing/canaries.ts'
import { orphans } from '../testing/orphans.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

describe.each(formableLevels)('processes at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it('make another process, or become one', async () => {
    expect(
      await unbarred(sandbox, 'import os, subprocess', {
        fork: 'os.fork()',
        'fork twice to become a daemon': 'os.fork() or os.setsid() or os.fork()',
        'run a command': "subprocess.run(['/bin/true'])",
        'run a command by shell': "raise OSError(os.system('id')) if os.system('id') else None",
        'read from a shell': "os.popen('id').read()",
        spawn: "os.posix_spawn('/bin/true', ['true'], {})",
        'become another program': "os.execv('/bin/true', ['true'])",
      }),
    ).toEqual([])
  })

  it('leave its place', async () => {
    expect(
      await unbarred(sandbox, 'import os', {
        'its session': 'os.setsid()',
        'its group': 'os.setpgid(0, 0)',
        'its user': 'os.setuid(0)',
        'its priority': 'os.setpriority(os.PRIO_PROCESS, 0, -5)',
        'its processor': 'os.sched_setaffinity(0, {0})',
      }),
    ).toEqual([])
  })

  it('signal anybody', async () => {
    await using canary = await processCanary()
    const { pid } = canary
    expect(
      await unbarred(sandbox, 'import os, signal, threading', {
        everybody: 'os.kill(-1, signal.SIGKILL)',
        'its group': 'os.killpg(0, signal.SIGKILL)',
        'its parent': 'os.kill(os.getppid() or 1, signal.SIGKILL)',
        'itself, to stop': 'os.kill(os.getpid(), signal.SIGSTOP)',
        'its thread, to stop': 'signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)',
        'a process of its user': `os.kill(${pid}, signal.SIGKILL)`,
        'a process of its user, to see whether it is there': `os.kill(${pid}, 0)`,
      }),
    ).toEqual([])
    expect(canary.alive()).toBe(true)
  })

  it('look into a process of its user', async () => {
    await using canary = await processCanary()
    const { pid } = canary
    expect(
      await unbarred(sandbox, 'import os', {
        memory: `open('/proc/${pid}/mem', 'rb')`,
        'command line': `open('/proc/${pid}/cmdline')`,
        folder: `os.readlink('/proc/${pid}/cwd')`,
        handle: `os.pidfd_open(${pid})`,
      }),
    ).toEqual([])
    const trace = `import ctypes\ndef main(): return ctypes.CDLL(None).ptrace(16, ${pid}, 0, 0)`
    expect(await attack(sandbox, trace)).toMatchObject({ reason: 'forbidden_call' })
  })

  it('raise its limits', async () => {
    const code = python`
      import ctypes
      def main():
          libc = ctypes.CDLL(None, use_errno=True)
          more = (ctypes.c_ulong * 2)(1 << 40, 1 << 40)
          return [libc.setrlimit(resource, more) for resource in range(16)]
    `
    const refused: number[] = Array.from({ length: 16 }, () => -1)
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: refused })
  })

  it('explode in forks', async () => {
    const code = python`
      import os
      def refused():
          try:
              return os.fork() and False
          except PermissionError:
              return True
      def main(): return sum(refused() for _ in range(10_000))
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: 10_000 })
  })

  it('live on in threads, exit handlers and finalizers after the result', async () => {
    const code = python`
      import asyncio, atexit, threading, time
      class Bomb:
          def __del__(self): time.sleep(600)
      bomb = Bomb()
      async def main():
          atexit.register(time.sleep, 600)
          threading.Thread(target=time.sleep, args=[600]).start()
          asyncio.get_running_loop().run_in_executor(None, time.sleep, 600)
          background = asyncio.create_task(asyncio.sleep(600))
          return 'done'
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: 'done' })
  })

  it('hold on against every signal it may handle', async () => {
    const code = python`
      import signal
      def main():
          for number in range(1, 65):
              try:
                  signal.signal(number, signal.SIG_IGN)
              except (OSError, ValueError):
                  pass
          while True: pass
    `
    const limits = { timeout_ms: 300 }
    expect(await attack(sandbox, code, { limits })).toMatchObject({ kind: 'timed_out' })
  })

  it('leave nobody behind', async () => {
    await expect.poll(orphans, { timeout: 10_000 }).toEqual([])
  })
})
