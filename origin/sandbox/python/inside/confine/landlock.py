"""Landlock (landlock(7)): which paths may be opened, no TCP, no signals or sockets outwards."""

import _socket
import ctypes
import os
import stat

from inside import kernel
from inside.confine.unconfined import layer, proven

# linux/landlock.h
_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15
_FIRST_ABI_RIGHTS = (1 << 13) - 1
_NET_BIND_AND_CONNECT_TCP = 0b11
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_ABI_NET = 4
_ABI_SCOPE = 6

_TO_NAME_ONLY = os.O_PATH | os.O_CLOEXEC


class _Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = [
        ('fs', ctypes.c_uint64),
        ('net', ctypes.c_uint64),
        ('scoped', ctypes.c_uint64),
    ]


class _PathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = [('allowed', ctypes.c_uint64), ('parent', ctypes.c_int32)]


def restrict(
    readable: list[str], programs: list[int | str], scratch: str | None
) -> list[str]:
    """Allows reading beneath `readable`, executing `programs` (paths or descriptors), and everything
    beneath `scratch` but devices and executing; no more.

    The layers depend on the kernel: landlock_fs always, landlock_net from ABI 4, landlock_scope
    from ABI 6. Needs no_new_privs.
    """
    with layer('landlock_fs'):
        abi = kernel.landlock_abi()
        rights = _file_rights(abi)
        attributes = _Ruleset(
            rights,
            _NET_BIND_AND_CONNECT_TCP if abi >= _ABI_NET else 0,
            _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _ABI_SCOPE else 0,
        )
        ruleset = kernel.landlock_create_ruleset(attributes, _size(abi))
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for program in programs:
            _allow(ruleset, program, _READ_FILE | _EXECUTE)
        _allow(ruleset, '/dev/null', _READ_FILE | _WRITE_FILE)
        if scratch is not None:
            _allow(ruleset, scratch, rights & ~(_IOCTL_DEV | _EXECUTE))
        kernel.landlock_restrict_self(ruleset)
        os.close(ruleset)
    layers = [proven('landlock_fs', _refused(lambda: os.listdir('/')))]
    if abi >= _ABI_NET:
        layers.append(proven('landlock_net', _refused(_bind_a_port)))
    if abi >= _ABI_SCOPE:
        layers.append('landlock_scope')
    return layers


def _file_rights(abi: int) -> int:
    newer = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))
    return _FIRST_ABI_RIGHTS | sum(right for since, right in newer if abi >= since)


def _size(abi: int) -> int:
    fields = 3 if abi >= _ABI_SCOPE else 2 if abi >= _ABI_NET else 1
    return fields * ctypes.sizeof(ctypes.c_uint64)


def _allow(ruleset: int, what: int | str, rights: int) -> None:
    try:
        descriptor = os.dup(what) if isinstance(what, int) else os.open(what, _TO_NAME_ONLY)
    except OSError:
        return  # what this process cannot find needs no leave to be read
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        rights &= _EXECUTE | _READ_FILE | _WRITE_FILE
    kernel.landlock_add_path(ruleset, _PathBeneath(rights, descriptor))
    os.close(descriptor)


def _refused(attempt) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


def _bind_a_port() -> None:
    probe = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    try:
        probe.bind(('127.0.0.1', 0))
    finally:
        probe.close()
