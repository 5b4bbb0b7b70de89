const USER_NAMESPACES =
  'allow user namespaces: `sysctl kernel.unprivileged_userns_clone=1` (Debian), ' +
  '`sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), or in a container a seccomp ' +
  'profile that permits unshare, mount and pivot_root'
const LANDLOCK =
  'use a kernel with Landlock (Linux 5.13 or later, CONFIG_SECURITY_LANDLOCK=y, `landlock` in the lsm= boot parameter)'
const IDS =
  'give the container CAP_SETUID, CAP_SETGID and CAP_KILL, or start the sandbox as an ordinary user'
const FIXES: Readonly<Record<string, string>> = {
  uid: IDS,
  call_uid: 'start the sandbox as root, with CAP_SETUID, CAP_SETGID and CAP_KILL',
  cgroup_limits:
    'name in SANDBOX_CGROUP an empty control group of version 2 with memory and pids that the ' +
    'sandbox may divide (systemd: Delegate=yes and DelegateSubgroup=; a container: a writable /sys/fs/cgroup)',
  seccomp: 'use a kernel with CONFIG_SECCOMP_FILTER=y',
  landlock_fs: LANDLOCK,
  engine:
    'install MCPbox where every user may read and execute it: tools in TypeScript run in its Node',
  interpreter: 'install Python 3.11 or later for all users, or name one in MCPBOX_PYTHON',
}

/** What the owner of a machine can do about a layer that it does not give. */
export function fixFor(layer: string): string {
  return FIXES[layer] ?? USER_NAMESPACES
}
