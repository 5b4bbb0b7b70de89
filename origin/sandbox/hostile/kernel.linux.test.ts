import { describe, expect, it } from 'vitest'
import { attack } from '../testing/attack.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import { architecture, syscallNumber } from '../seccomp/syscalls.ts'

const EPERM = 1
const ENOSYS = 38

/** System calls by number, past every library: their errno, 0 for success. */
const CALL = python`
  import ctypes
  def main(calls):
      libc = ctypes.CDLL(None, use_errno=True)
      def errno(number, words):
          words = [ctypes.c_long(word) for word in words]
          return ctypes.get_errno() if libc.syscall(ctypes.c_long(number), *words) < 0 else 0
      return {name: errno(number, words) for name, (number, words) in calls.items()}
`

function numbered(calls: Record<string, number[]>) {
  const arch = architecture(process.arch)!
  return Object.fromEntries(
    Object.entries(calls).map(([name, words]) => [name, [syscallNumber(name, arch), words]]),
  )
}

describe.each(formableLevels)('kernel at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it.each([
    'mount',
    'chroot',
    'unshare',
    'bpf',
    'keyctl',
    'userfaultfd',
    'process_vm_readv',
    'init_module',
  ])('%s ends the process', async (name) => {
    const outcome = await attack(sandbox, CALL, { input: { calls: numbered({ [name]: [] }) } })
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'forbidden_call' })
  })

  it('refuses what is not on the list', async () => {
    const refused = {
      execveat: [],
      personality: [0x0400000],
      shmget: [0, 4096, 0o1600],
      seccomp: [],
      socket: [2, 1, 0],
      clone: [17],
      prctl: [4, 1],
      inotify_init1: [],
      mq_open: [],
      setuid: [0],
    }
    const outcome = await attack(sandbox, CALL, { input: { calls: numbered(refused) } })
    const value = Object.fromEntries(Object.keys(refused).map((name) => [name, EPERM]))
    expect(outcome).toMatchObject({ kind: 'ok', value })
  })

  it('does without what has a fallback', async () => {
    const absent = {
      clone3: [],
      io_uring_setup: [],
      memfd_create: [],
      openat2: [],
      pidfd_open: [1],
    }
    const outcome = await attack(sandbox, CALL, { input: { calls: numbered(absent) } })
    const value = Object.fromEntries(Object.keys(absent).map((name) => [name, ENOSYS]))
    expect(outcome).toMatchObject({ kind: 'ok', value })
  })

  it.skipIf(process.arch !== 'x64')('ends calls of the 32-bit ABI', async () => {
    const code = python`
      import ctypes
      def main():
          libc = ctypes.CDLL(None)
          libc.mmap.restype = ctypes.c_void_p
          page = libc.mmap(None, 4096, 7, 0x22, -1, 0)  # anonymous, readable, writable, executable
          ctypes.memmove(page, bytes.fromhex('b814000000cd80c3'), 8)  # mov eax, 20; int 0x80; ret
          return ctypes.CFUNCTYPE(ctypes.c_int)(page)()
    `
    expect(await attack(sandbox, code)).toMatchObject({ reason: 'forbidden_call' })
  })

  it('gives no capability, and no way to one', async () => {
    const code = python`
      import ctypes
      def main():
          libc = ctypes.CDLL(None)
          PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP = 3, 39, 21
          return [libc.prctl(option, 0, 0, 0, 0) for option in (PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP)]
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: [0, 1, 2] })
  })
})
