import { describe, expect, it } from 'vitest'
import { evaluate, evaluateNamed } from '../testing/filter.ts'
import { assemble, encode } from './assemble.ts'
import { enginePolicy, toolPolicy } from './policy.ts'
import { AUDIT_ARCH, syscallNumber } from './syscalls.ts'

const EPERM = 'errno 1'
const EACCES = 'errno 13'
const ENOSYS = 'errno 38'
const filter = assemble(toolPolicy('namespaced'), 'x86_64')
const shared = assemble(toolPolicy('shared'), 'x86_64')
const sealed = assemble(toolPolicy('sealed'), 'x86_64')

describe('the filter of a tool', () => {
  it.each(['read', 'write', 'mmap', 'futex', 'epoll_wait', 'getrandom', 'exit_group', 'openat'])(
    'allows %s',
    (name) => expect(evaluateNamed(filter, name)).toBe('allow'),
  )

  it.each(['execve', 'execveat', 'fork', 'vfork', 'socket', 'connect', 'bind', 'accept', 'listen'])(
    'denies %s',
    (name) => expect(evaluateNamed(filter, name)).toBe(EPERM),
  )

  it.each(['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'pidfd_send_signal', 'setsid', 'setpgid'])(
    'denies %s, so that it reaches no other process and leaves no group',
    (name) => expect(evaluateNamed(filter, name)).toBe(EPERM),
  )

  it.each(['chmod', 'fchmodat', 'chown', 'utimensat', 'utime', 'setxattr', 'flock', 'mknod'])(
    'denies %s',
    (name) => expect(evaluateNamed(filter, name)).toBe(EPERM),
  )

  it.each([
    'shmget',
    'msgget',
    'semget',
    'mq_open',
    'inotify_init',
    'sched_setaffinity',
    'seccomp',
  ])('denies %s', (name) => expect(evaluateNamed(filter, name)).toBe(EPERM))

  it.each([
    'ptrace',
    'process_vm_readv',
    'mount',
    'unshare',
    'setns',
    'bpf',
    'keyctl',
    'kexec_load',
  ])('kills for %s', (name) => expect(evaluateNamed(filter, name)).toBe('kill'))

  it.each(['clone3', 'memfd_create', 'io_uring_setup', 'openat2'])(
    'says that there is no %s, for which callers have a fallback',
    (name) => expect(evaluateNamed(filter, name)).toBe(ENOSYS),
  )

  it('says the same of calls that are newer than the table', () => {
    expect(evaluate(filter, { number: 451 })).toBe(ENOSYS)
    expect(evaluate(filter, { number: 9_999 })).toBe(ENOSYS)
  })

  it('kills for calls of another architecture and of the x32 ABI', () => {
    expect(evaluate(filter, { arch: 0x40000003, number: 1 })).toBe('kill')
    expect(evaluate(filter, { number: 0x40000000 + 1 })).toBe('kill')
  })
})

describe('arguments', () => {
  const THREAD = 0x3d0f00n // what glibc passes for a thread
  const clone = (flags: bigint) => evaluateNamed(filter, 'clone', [flags])
  it('lets what becomes Node execute, and make no memory executable', () => {
    const engine = assemble(enginePolicy('namespaced'), 'x86_64')
    const mmap = (prot: bigint, flags: bigint) =>
      evaluateNamed(engine, 'mmap', [0n, 1n, prot, flags])
    expect(evaluateNamed(engine, 'execveat')).toBe('allow')
    expect(evaluateNamed(engine, 'execve')).toBe(EPERM)
    expect(evaluateNamed(engine, 'fork')).toBe(EPERM)
    expect(evaluateNamed(engine, 'socket')).toBe(EPERM)
    expect(mmap(3n, 0x22n)).toBe('allow')
    expect(mmap(5n, 0x2n)).toBe('allow')
    expect(mmap(7n, 0x22n)).toBe(EPERM)
    expect(mmap(7n, 0x2n)).toBe(EPERM)
    expect(mmap(6n, 0x1n)).toBe(EPERM)
    expect(evaluateNamed(engine, 'mprotect', [0n, 1n, 3n])).toBe('allow')
    expect(evaluateNamed(engine, 'mprotect', [0n, 1n, 5n])).toBe(EPERM)
    expect(evaluateNamed(engine, 'arch_prctl', [0x1002n])).toBe('allow')
    expect(evaluateNamed(engine, 'arch_prctl', [0x1001n])).toBe(EPERM)
  })

  it('clone makes threads only', () => {
    expect(clone(THREAD)).toBe('allow')
    expect(clone(17n)).toBe(EPERM)
    expect(clone(THREAD | 0x10000000n)).toBe(EPERM)
  })

  it('socketpair is for AF_UNIX only', () => {
    expect(evaluateNamed(filter, 'socketpair', [1n])).toBe('allow')
    expect(evaluateNamed(filter, 'socketpair', [2n])).toBe(EPERM)
  })

  it('sendto takes no address, in either half of the pointer', () => {
    const sendto = (address: bigint) => evaluateNamed(filter, 'sendto', [3n, 1n, 1n, 0n, address])
    expect(sendto(0n)).toBe('allow')
    expect(sendto(0x7f00n)).toBe(EPERM)
    expect(sendto(0x7f00_0000_0000n)).toBe(EPERM)
  })

  it('prlimit64 reads its own limits and sets none', () => {
    expect(evaluateNamed(filter, 'prlimit64', [0n, 7n, 0n, 0x1000n])).toBe('allow')
    expect(evaluateNamed(filter, 'prlimit64', [0n, 7n, 0x1000n])).toBe(EPERM)
    expect(evaluateNamed(filter, 'prlimit64', [1n, 7n, 0n])).toBe(EPERM)
  })

  it.each([
    ['F_SETFL', 4n, 'allow'],
    ['F_SETLK', 6n, 'allow'],
    ['F_DUPFD_CLOEXEC', 1030n, 'allow'],
    ['F_GETLK', 5n, EPERM],
    ['F_SETOWN', 8n, EPERM],
    ['F_OFD_GETLK', 36n, EPERM],
    ['F_SETLEASE', 1024n, EPERM],
    ['F_SETPIPE_SZ', 1031n, EPERM],
  ])('fcntl %s', (_, command, answer) => {
    expect(evaluateNamed(filter, 'fcntl', [3n, command])).toBe(answer)
  })

  it('ioctl knows no terminals: TIOCSTI is not there', () => {
    expect(evaluateNamed(filter, 'ioctl', [0n, 0x5412n])).toBe('errno 25')
    expect(evaluateNamed(filter, 'ioctl', [0n, 0x5421n])).toBe('allow')
  })
})

describe('the view of the file system', () => {
  const O_RDONLY_TRUNC = 0o1000n
  const O_WRONLY_TRUNC = 0o1001n
  const openat = (program: typeof filter, flags: bigint) =>
    evaluateNamed(program, 'openat', [0n, 0n, flags])

  it('without a root of its own, what Landlock does not mediate is denied here', () => {
    for (const name of ['readlink', 'truncate', 'fchmod', 'statfs']) {
      expect(evaluateNamed(filter, name)).toBe('allow')
      expect(evaluateNamed(shared, name)).toBe(EACCES)
    }
    expect(openat(shared, 0n)).toBe('allow')
    expect(openat(shared, O_WRONLY_TRUNC)).toBe('allow')
    expect(openat(shared, O_RDONLY_TRUNC)).toBe(EACCES)
  })

  it('sealed, there is no path to anything', () => {
    for (const name of [
      'open',
      'openat',
      'stat',
      'readlink',
      'mkdir',
      'unlink',
      'rename',
      'chdir',
    ]) {
      expect(evaluateNamed(sealed, name)).toBe(EACCES)
    }
    expect(evaluateNamed(sealed, 'newfstatat', [3n, 0n, 0n, 0x1000n])).toBe('allow')
    expect(evaluateNamed(sealed, 'newfstatat', [3n, 0n, 0n, 0n])).toBe(EACCES)
  })
})

describe('the program', () => {
  it.each(['x86_64', 'aarch64'] as const)('reaches a return from every number on %s', (arch) => {
    for (const view of ['namespaced', 'shared', 'sealed'] as const) {
      const program = assemble(toolPolicy(view), arch)
      for (let number = 0; number < 600; number++) {
        expect(evaluate(program, { arch: AUDIT_ARCH[arch], number })).toBeTypeOf('string')
      }
    }
  })

  it('is the same policy on aarch64', () => {
    const arm = assemble(toolPolicy('namespaced'), 'aarch64')
    const names = ['read', 'execve', 'ptrace', 'clone3', 'socket', 'fchmodat', 'mount', 'futex']
    for (const name of names) {
      expect(evaluateNamed(arm, name, [], 'aarch64')).toBe(evaluateNamed(filter, name))
    }
    expect(syscallNumber('fork', 'aarch64')).toBeNull()
  })

  it('fits what the kernel loads: under 4096 instructions of eight bytes', () => {
    expect(sealed.length).toBeLessThan(4096)
    expect(encode(filter)).toHaveLength(filter.length * 8)
    expect(encode(filter).subarray(0, 8)).toEqual(Buffer.from([0x20, 0, 0, 0, 4, 0, 0, 0]))
  })

  it('cannot name a call that does not exist', () => {
    expect(() => syscallNumber('forkk', 'x86_64')).toThrow('no system call is named forkk')
  })
})
