"""Own namespaces: user, process ids, mounts, network, IPC, host name, control groups."""

import os

from inside import kernel
from inside.confine.unconfined import layer, proven

# linux/sched.h
_FLAGS = {
    'user': 0x10000000,
    'pid': 0x20000000,
    'mnt': 0x00020000,
    'net': 0x40000000,
    'ipc': 0x08000000,
    'uts': 0x04000000,
    'cgroup': 0x02000000,
}

Snapshot = dict[str, str]


def snapshot() -> Snapshot:
    """Identities of the namespaces that this process is in (namespaces(7))."""
    return {name: os.readlink(f'/proc/self/ns/{name}') for name in _FLAGS}


def enter() -> None:
    """Creates the namespaces. The process-id one holds from the next fork on.

    The caller keeps its uid and gid in the new user namespace; nothing else is mapped, so a host
    uid 0 does not exist in it.
    """
    uid, gid = os.getuid(), os.getgid()
    with layer('user_ns'):
        kernel.unshare(_FLAGS['user'])
        _write('/proc/self/setgroups', 'deny')
        _write('/proc/self/uid_map', f'{uid} {uid} 1')
        _write('/proc/self/gid_map', f'{gid} {gid} 1')
    for name in ('mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'):
        with layer(f'{name}_ns'):
            kernel.unshare(_FLAGS[name])
    with layer('uts_ns'):
        kernel.sethostname('tool')


def prove(before: Snapshot) -> list[str]:
    """Layers of the namespaces that differ from those of the snapshot. Needs /proc still."""
    with layer('user_ns'):
        now = snapshot()
    return [proven(f'{name}_ns', now[name] != before[name]) for name in _FLAGS]


def fork_into_own() -> int:
    """fork(2) whose child is the first process of a new process-id namespace, this process's own.

    unshare(2) names the namespace of the next children and can do so once; setns(2) to where we
    are takes it back.
    """
    here = os.pidfd_open(os.getpid())
    kernel.unshare(_FLAGS['pid'])
    try:
        child = os.fork()
    except OSError:
        kernel.setns(here, _FLAGS['pid'])
        os.close(here)
        raise
    if child != 0:
        kernel.setns(here, _FLAGS['pid'])
    os.close(here)
    return child


def enter_own() -> list[str]:
    """Mounts and IPC of a child's own, after fork_into_own gave it its process ids."""
    with layer('call_ns'):
        kernel.unshare(_FLAGS['mnt'] | _FLAGS['ipc'])
        return [proven('call_ns', os.getpid() == 1)]


def _write(path: str, text: str) -> None:
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
