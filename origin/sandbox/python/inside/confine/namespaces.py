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


def enter(call_ids: tuple[int, int] | None) -> None:
    """Creates the namespaces. The process-id one holds from the next fork on.

    The caller keeps its uid and gid in the new user namespace. Besides them it has the ids of
    calls, given as the first one and their count, and nothing else: a host uid 0 does not exist.
    """
    uids, gids = _itself(os.getuid(), 1), _itself(os.getgid(), 1)
    with layer('user_ns'):
        if call_ids is None:
            kernel.unshare(_FLAGS['user'])
            _write('/proc/self/setgroups', 'deny')
            _map('self', uids, gids)
        else:
            more = _itself(*call_ids)
            _enter_user_mapped_from_outside(uids + more, gids + more)
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


def _enter_user_mapped_from_outside(uids: str, gids: str) -> None:
    """Only a process of the outer namespace may map more than the one id that it has."""
    caller = os.getpid()
    waiting, going = os.pipe()
    mapper = os.fork()
    if mapper == 0:
        os.close(going)
        os.read(waiting, 1)
        try:
            _map(str(caller), uids, gids)
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    kernel.unshare(_FLAGS['user'])
    _write('/proc/self/setgroups', 'deny')
    os.close(going)
    os.close(waiting)
    _, status = os.waitpid(mapper, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise OSError(code, f'mapping the ids of calls: {os.strerror(code)}')


def _itself(first: int, count: int) -> str:
    """A line of uid_map or gid_map (user_namespaces(7)): ids that are the same inside."""
    return f'{first} {first} {count}\n'


def _map(process: str, uids: str, gids: str) -> None:
    _write(f'/proc/{process}/uid_map', uids)
    _write(f'/proc/{process}/gid_map', gids)


def _write(path: str, text: str) -> None:
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
