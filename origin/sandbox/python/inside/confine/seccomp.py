"""The system call filter (seccomp(2)). The supervisor assembles it; this loads it."""

import _socket
import ctypes
import os

from inside import kernel
from inside.confine.unconfined import layer, proven

_PR_GET_SECCOMP = 21
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION_BYTES = 8


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_char_p)]


def load(filter_program: bytes) -> list[str]:
    """Loads the filter for this process and all its later threads, then tries what it forbids."""
    with layer('seccomp'):
        install(filter_program)
        on = kernel.prctl(_PR_GET_SECCOMP) == _SECCOMP_MODE_FILTER
        no_socket = _refused(lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM).close())
        no_fork = _refused(os.fork)
        return [proven('seccomp', on and no_socket and no_fork)]


def seal(filter_program: bytes) -> list[str]:
    """Loads a second filter, which knows no paths. The first must let this one pass."""
    with layer('sealed'):
        install(filter_program)
        return [proven('sealed', _refused(lambda: os.listdir('/')))]


def install(filter_program: bytes) -> None:
    """Loads a filter, and tries nothing. Raises OSError where the kernel refuses it."""
    length = len(filter_program) // _INSTRUCTION_BYTES
    kernel.load_seccomp(_Program(length, filter_program))


def _refused(attempt) -> bool:
    try:
        made = attempt()
    except PermissionError:
        return True
    if made == 0:
        os._exit(1)
    return False
