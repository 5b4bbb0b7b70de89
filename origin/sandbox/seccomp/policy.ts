import type { Action, Policy, Rule } from './rule.ts'

/**
 * How much of the file system the filter itself must guard. `namespaced`: the root is private and
 * read-only. `shared`: the host's files are in sight and only Landlock guards them, so what
 * Landlock does not mediate is denied here. `sealed`: nothing guards them, so no path is taken.
 * `sealable`: as `shared`, for the imports before the seal, which it lets be loaded on top.
 */
export type View = 'namespaced' | 'shared' | 'sealable' | 'sealed'

const DENIED: Action = { errno: 'EPERM' }
const ABSENT: Action = { errno: 'ENOSYS' }
const NO_PATHS: Action = { errno: 'EACCES' }

/** No program that runs as a plain tool calls these by accident. */
const KILLED = words(`
  ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd bpf perf_event_open userfaultfd
  keyctl add_key request_key mount umount2 pivot_root chroot setns unshare open_tree move_mount
  fsopen fsconfig fsmount fspick mount_setattr init_module finit_module delete_module kexec_load
  kexec_file_load reboot swapon swapoff open_by_handle_at name_to_handle_at fanotify_init
  quotactl quotactl_fd acct iopl ioperm modify_ldt settimeofday clock_settime adjtimex
  clock_adjtime syslog vhangup process_madvise`)

/** Callers have a fallback for kernels without these. */
const MISSING = words(`
  clone3 memfd_create memfd_secret io_uring_setup io_uring_enter io_uring_register openat2
  pidfd_open`)

const ALLOWED = words(`
  read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range lseek
  fstat fsync fdatasync ftruncate fallocate fadvise64 sendfile copy_file_range getdents getdents64
  getcwd umask dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1
  epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime
  timerfd_gettime exit exit_group getpid gettid getppid getpgrp getpgid getsid getuid geteuid
  getgid getegid getresuid getresgid getgroups set_tid_address set_robust_list get_robust_list rseq
  futex futex_waitv sched_yield sched_getaffinity sched_getparam sched_getscheduler
  sched_get_priority_max sched_get_priority_min getpriority getrusage times getrlimit uname getcpu
  wait4 waitid rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigpending rt_sigtimedwait
  sigaltstack restart_syscall pause alarm setitimer getitimer nanosleep clock_nanosleep
  clock_gettime clock_getres gettimeofday time mmap munmap mremap mprotect madvise brk msync
  getrandom recvfrom shutdown getsockopt getsockname getpeername`)

/** Calls that take a path. In the shared view Landlock decides about them. */
const PATHS = words(`
  stat lstat newfstatat statx access faccessat faccessat2 chdir fchdir creat mkdir mkdirat rmdir
  unlink unlinkat rename renameat renameat2 symlink symlinkat link linkat`)

/** Paths, modes and attributes that Landlock does not mediate (landlock(7), "limitations"). */
const PRIVATE_ROOT_ONLY = words(`readlink readlinkat fchmod statfs fstatfs truncate`)

/** O_TRUNC without write access: Landlock before ABI 3 lets it truncate a readable file. */
const O_ACCMODE_TRUNC = 0o1003
const O_RDONLY_TRUNC = 0o1000

const PR_SET_SECCOMP = 22

const THREAD = 0x00000100 | 0x00000800 | 0x00010000 // CLONE_VM, CLONE_SIGHAND, CLONE_THREAD
const NEW_NAMESPACES = 0x7e020080 // CLONE_NEW* of linux/sched.h

/** Calls that are let through with some arguments only. */
const CONDITIONAL: Record<string, Rule> = {
  clone: {
    allowWhen: [{ arg: 0, bits: THREAD | NEW_NAMESPACES, value: THREAD }],
    otherwise: DENIED,
  },
  // AF_UNIX: what asyncio wakes itself with.
  socketpair: { allowWhen: [{ arg: 0, is: [1] }], otherwise: DENIED },
  // send(2) on a connected socket, never to an address.
  sendto: { allowWhen: [{ arg: 4, null: true }], otherwise: DENIED },
  // F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_SETLK, F_SETLKW, F_DUPFD_CLOEXEC. The other
  // locks and notices are seen across mount namespaces.
  fcntl: { allowWhen: [{ arg: 1, is: [0, 1, 2, 3, 4, 6, 7, 1030] }], otherwise: DENIED },
  // FIONBIO, FIONREAD, FIOCLEX, FIONCLEX; no terminals, no devices.
  ioctl: {
    allowWhen: [{ arg: 1, is: [0x5421, 0x541b, 0x5451, 0x5450] }],
    otherwise: { errno: 'ENOTTY' },
  },
  prctl: processControl([]),
  // Reading limits, its own only.
  prlimit64: {
    allowWhen: [
      { arg: 0, is: [0] },
      { arg: 2, null: true },
    ],
    otherwise: DENIED,
  },
}

function processControl(more: number[]): Rule {
  // PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS.
  return { allowWhen: [{ arg: 0, is: [3, 15, 16, 21, 39, ...more] }], otherwise: DENIED }
}

/**
 * The allow-list for a process that is Python already and will never be another program: no
 * execve, no fork, no sockets but socketpair, no signals to anybody. What is not named is denied.
 */
export function toolPolicy(view: View): Policy {
  const rules = new Map<string, Rule>(Object.entries(CONDITIONAL))
  const give = (names: string[], rule: Rule) => names.forEach((name) => rules.set(name, rule))
  give(KILLED, 'kill')
  give(MISSING, ABSENT)
  give(ALLOWED, 'allow')
  give(PATHS, view === 'sealed' ? NO_PATHS : 'allow')
  give(PRIVATE_ROOT_ONLY, view === 'namespaced' ? 'allow' : NO_PATHS)
  rules.set('open', opening(view, 1))
  rules.set('openat', opening(view, 2))
  if (view === 'sealed') rules.set('newfstatat', FSTAT_ONLY)
  if (view === 'sealable') rules.set('prctl', processControl([PR_SET_SECCOMP]))
  return { rules, unlisted: DENIED, unknown: ABSENT }
}

/**
 * The list for a process that becomes Node with its next execveat(2), by descriptor. Which programs
 * that call may start is Landlock's to say: Node and its loader, in this same confinement. No memory may be made
 * executable but by mapping a file, and then it may not be written: Node runs without a compiler (--jitless).
 */
export function enginePolicy(view: View): Policy {
  const { rules, ...rest } = toolPolicy(view)
  return { ...rest, rules: new Map([...rules, ...Object.entries(ENGINE)]) }
}

const ENGINE: Record<string, Rule> = {
  execveat: 'allow',
  // ARCH_SET_FS: where the loader puts thread-local storage.
  arch_prctl: { allowWhen: [{ arg: 0, is: [0x1002] }], otherwise: DENIED },
  // Without PROT_EXEC; or not MAP_ANONYMOUS and without PROT_WRITE: so the loader maps files.
  mmap: {
    allowWhen: [{ arg: 2, notBits: 4, value: 4 }],
    orWhen: [
      { arg: 3, notBits: 0x20, value: 0x20 },
      { arg: 2, notBits: 2, value: 2 },
    ],
    otherwise: DENIED,
  },
  mprotect: { allowWhen: [{ arg: 2, notBits: 4, value: 4 }], otherwise: DENIED },
}

/** AT_EMPTY_PATH: how the C library spells fstat(2). */
const FSTAT_ONLY: Rule = {
  allowWhen: [{ arg: 3, bits: 0x1000, value: 0x1000 }],
  otherwise: NO_PATHS,
}

function opening(view: View, flags: number): Rule {
  if (view === 'sealed') return NO_PATHS
  if (view === 'namespaced') return 'allow'
  return {
    allowWhen: [{ arg: flags, notBits: O_ACCMODE_TRUNC, value: O_RDONLY_TRUNC }],
    otherwise: NO_PATHS,
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
