"""Ties the life of a process to that of its parent."""

import os
import signal
from typing import NoReturn

from inside import kernel

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Has the kernel kill this process when its parent ends (prctl(2), PR_SET_PDEATHSIG).

    Forgotten by the kernel when ids change, so it comes after that.
    """
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def split(inner_only: int) -> None:
    """Forks; returns in the child only. The parent waits for it and ends as it did.

    The child is the first process of the process-id namespace that the parent prepared, if it did:
    with it the kernel ends all that it ever forked. `inner_only` is a descriptor that the parent
    lets go, so that its other end sees the child's end at once.
    """
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        die_with_parent()
        if os.getppid() not in (0, parent):
            os._exit(1)  # the parent ended before it was asked to take this process along
        return
    os.close(inner_only)
    _wait(child)


def _wait(child: int) -> NoReturn:
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0x7F)
