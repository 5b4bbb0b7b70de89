import { fileURLToPath } from 'node:url'
import { assemble, encode } from '../seccomp/assemble.ts'
import type { Policy, Rule } from '../seccomp/rule.ts'
import type { Architecture } from '../seccomp/syscalls.ts'

const LAUNCHER = fileURLToPath(new URL('docker.py', import.meta.url))

/**
 * What Docker's default profile denies a container without further capabilities, of the calls that
 * our table knows (github.com/moby/profiles, seccomp/default.json, of 2026). It allows the others.
 */
const DENIED = `
  syslog uselib ustat sysfs vhangup pivot_root _sysctl acct settimeofday mount umount2 swapon
  swapoff reboot sethostname setdomainname iopl ioperm create_module init_module delete_module
  get_kernel_syms query_module quotactl nfsservctl getpmsg putpmsg afs_syscall tuxcall security
  lookup_dcookie clock_settime vserver mbind set_mempolicy get_mempolicy kexec_load add_key
  request_key keyctl migrate_pages unshare move_pages perf_event_open fanotify_init
  open_by_handle_at setns kcmp finit_module kexec_file_load bpf userfaultfd io_uring_setup
  io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick pidfd_getfd
  process_madvise mount_setattr quotactl_fd set_mempolicy_home_node`

const NAMESPACES = 0x7e020000
const AF_ALG = 38
const AF_VSOCK = 40
const FAMILIES = Array.from({ length: 46 }, (_, family) => family)

const CONDITIONAL: Record<string, Rule> = {
  clone: {
    allowWhen: [{ arg: 0, bits: NAMESPACES, value: 0 }],
    otherwise: { errno: 'EPERM' },
  },
  clone3: { errno: 'ENOSYS' },
  personality: {
    allowWhen: [{ arg: 0, is: [0, 8, 0x20000, 0x20008, 0xffffffff] }],
    otherwise: { errno: 'EPERM' },
  },
  socket: {
    allowWhen: [
      { arg: 0, is: FAMILIES.filter((family) => family !== AF_ALG && family !== AF_VSOCK) },
    ],
    otherwise: { errno: 'EPERM' },
  },
}

/** Docker's default profile as our own assembler writes it. */
export function dockerPolicy(): Policy {
  const rules = new Map<string, Rule>(Object.entries(CONDITIONAL))
  for (const name of DENIED.trim().split(/\s+/)) rules.set(name, { errno: 'EPERM' })
  return { rules, unlisted: 'allow', unknown: { errno: 'ENOSYS' } }
}

/**
 * A command that takes on what a container has by default, as far as a process can by itself: the
 * profile and, as root, the capabilities. Then it becomes the command in its last arguments.
 */
export function asInDocker(python: string, arch: Architecture): string[] {
  const filter = encode(assemble(dockerPolicy(), arch)).toString('base64')
  return [python, '-I', LAUNCHER, filter]
}
