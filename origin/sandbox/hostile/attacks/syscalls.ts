import { architecture, syscallNumber } from '../../seccomp/syscalls.ts'
import { alike, type Family } from './attack.ts'

/** System calls by number, past every library. Words are evaluated in the tool. */
const ENDED = {
  'enter a user namespace': ['unshare', '0x10000000'],
  'enter the namespaces of another': ['setns', '0, 0'],
  'change the root': ['pivot_root', '0, 0'],
  'mount by descriptor': ['move_mount', '-100, path, -100, path, 0'],
  'open a file system': ['fsopen', "b'tmpfs', 0"],
  'change a mount': ['mount_setattr', '-100, path, 0, 0, 0'],
  'open a file by its handle': ['open_by_handle_at', '-100, 0, 0'],
  'load a program into the kernel': ['bpf', '0, 0, 0'],
  'sample the kernel': ['perf_event_open', '0, 0, -1, -1, 0'],
  'handle page faults of the kernel': ['userfaultfd', '0'],
  'add a key': ['add_key', "b'user', b'x', b'x', 1, -3"],
  'ask for a key': ['request_key', "b'user', b'x', 0, -3"],
  'take a descriptor of another process': ['pidfd_getfd', '0, 0, 0'],
  'compare with another process': ['kcmp', 'pid, pid, 0, 0, 0'],
  'boot another kernel': ['kexec_load', '0, 0, 0, 0'],
  'write to the memory of a process': ['process_vm_writev', 'pid, 0, 0, 0, 0, 0'],
} as const

const REFUSED = {
  'become another program': ['execve', "b'/bin/true', 0, 0"],
  'become another program by descriptor': ['execveat', "-100, b'/bin/true', 0, 0, 0"],
  'fork as clone': ['clone', '17, 0, 0, 0, 0'],
  'clone into a user namespace': ['clone', '0x10000000 | 17, 0, 0, 0, 0'],
  'clone a thread into a namespace': ['clone', '0x10000000 | 0x10900, 0, 0, 0, 0'],
  'open a socket': ['socket', '2, 1, 0'],
  'connect what it has': ['connect', '3, 0, 0'],
  'be traceable again': ['prctl', '4, 1, 0, 0, 0'],
  'outlive its parent': ['prctl', '1, 0, 0, 0, 0'],
  'name who may trace it': ['prctl', '0x59616d61, pid, 0, 0, 0'],
  'move its own memory map': ['prctl', '35, 1, 0, 0, 0'],
  'become a subreaper': ['prctl', '36, 1, 0, 0, 0'],
  'load a filter that listens': ['seccomp', '1, 8, 0'],
  'make addresses predictable': ['personality', '0x0040000'],
  'share memory by key': ['shmget', '0, 4096, 0o1666'],
  'queue messages by name': ['mq_open', "b'/x', 0o102, 0o600, 0"],
  'raise a limit of another': ['prlimit64', 'pid, 7, 0, 0'],
  'lock a file against others': ['flock', '3, 2'],
  'watch files': ['inotify_init1', '0'],
  'steal the terminal’s input': ['ioctl', '0, 0x5412, path'],
} as const

const ABSENT = {
  'clone the new way': ['clone3', '0, 0'],
  'set up a ring': ['io_uring_setup', '8, 0'],
  'keep a file in memory': ['memfd_create', "b'x', 0"],
  'hold a process by descriptor': ['pidfd_open', 'pid, 0'],
  'call what is newer than the filter': [null, '0'],
} as const

const NEWER_THAN_ALL = 999
const here = architecture(process.arch)

function calling([name, words]: readonly [string | null, string]): string {
  const number = name === null || here === null ? NEWER_THAN_ALL : syscallNumber(name, here)
  return `import ctypes\ndef main(path, folder, pid):\n    path = path.encode()\n    libc = ctypes.CDLL(None, use_errno=True)\n    ended = libc.syscall(ctypes.c_long(${number}), *(w if isinstance(w, bytes) else ctypes.c_long(w) for w in (${words},)))\n    return ctypes.get_errno() if ended < 0 else 'it worked'\n`
}

function programs(calls: Readonly<Record<string, readonly [string | null, string]>>) {
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, calling(call)]))
}

const EPERM = 'value 1'
const ENOTTY = 'value 25'
const ENOSYS = 'value 38'

export const syscalls: Family = {
  ...alike(programs(ENDED), String, ['forbidden_call']),
  ...alike(programs(REFUSED), String, [EPERM, ENOTTY]),
  ...alike(programs(ABSENT), String, [ENOSYS]),
}
