"""Bounds of a process that fetches."""

import resource
import signal

from inside import kernel
from inside.confine import seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_FILE_BYTES = 1024**3
_MEMORY_BYTES = 2 * 1024**3
"""Of addresses, of which threads take far more than they use."""


def tie(filter_program: bytes) -> None:
    """Ends with the supervisor, however that ends; writes no file of more than 1 GB, and has no
    more than 2 GB of memory; starts no program and no process. Raises OSError where the kernel
    refuses any of it."""
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(filter_program)
